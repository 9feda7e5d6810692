# ResNet-34 for CIFAR.
model = dict(
    type='ImageClassifier',
    backbone=dict(type='ResNet_CIFAR', depth=34),
    neck=dict(type='GlobalAveragePooling'),
    head=dict(type='LinearClsHead', num_classes=10, in_channels=512),
)
