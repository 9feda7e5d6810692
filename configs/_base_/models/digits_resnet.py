# For 8x8 images: two stages of a ResNet-18, and a layer that keeps the positions.
model = dict(
    type='ImageClassifier',
    backbone=dict(
        type='ResNet_CIFAR',
        depth=18,
        in_channels=1,
        stem_channels=16,
        base_channels=16,
        num_stages=2,
        strides=(1, 2),
        dilations=(1, 1),
        out_indices=(1,),
    ),
    neck=dict(type='LinearNeck', in_channels=512, out_channels=64, gap_dim=0),
    head=dict(type='LinearClsHead', num_classes=10, in_channels=64),
)
