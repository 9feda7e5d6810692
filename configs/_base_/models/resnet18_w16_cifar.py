# The network of the small setting: ResNet-18 for CIFAR with 16 base channels, that
# halves the image from its first stage on. Residual branches do not start at zero,
# which would waste several of its epochs.
model = dict(
    type='ImageClassifier',
    backbone=dict(
        type='ResNet_CIFAR',
        depth=18,
        stem_channels=16,
        base_channels=16,
        strides=(2, 2, 2, 2),
        zero_init_residual=False,
    ),
    neck=dict(type='GlobalAveragePooling'),
    head=dict(type='LinearClsHead', num_classes=10, in_channels=128),
)
