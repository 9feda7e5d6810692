# LeNet-5 with its two fully connected layers in the head. MMPretrain has them in the
# backbone; the network is the same, but here its 84-d features can be extracted.
model = dict(
    type='ImageClassifier',
    backbone=dict(type='LeNet5'),
    neck=dict(type='GlobalAveragePooling'),
    head=dict(
        type='StackedLinearClsHead',
        num_classes=10,
        in_channels=120,
        mid_channels=[84],
        act_cfg=dict(type='Tanh'),
    ),
)
