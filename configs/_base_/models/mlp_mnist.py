# Two hidden layers of 128 with dropout (Ding et al., section 4.2; they give no rate).
model = dict(
    type='ImageClassifier',
    backbone=dict(type='FullyConnected', in_channels=784, dropout=0.2),
    head=dict(type='LinearClsHead', num_classes=10, in_channels=128),
)
