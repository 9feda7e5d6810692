# The 14-layer ResNet of Ding et al., section 4.2.
model = dict(
    type='ImageClassifier',
    backbone=dict(type='ThinResNet_CIFAR', depth=14),
    neck=dict(type='GlobalAveragePooling'),
    head=dict(type='LinearClsHead', num_classes=10, in_channels=64),
)
