# LeNet-5 with its two fully connected layers in the head, where MMPretrain keeps them
# in the backbone: the same network, whose features (84-d) can be asked for.
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
