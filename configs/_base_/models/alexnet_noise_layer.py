# p(y|x) and p(z|x) are two networks of the same kind, both from ImageNet weights.
imagenet = dict(type='Pretrained', checkpoint='torchvision://alexnet')
model = dict(
    type='NoiseLayerClassifier',
    backbone=dict(type='PretrainedAlexNet', num_classes=14, init_cfg=imagenet),
    head=dict(type='ClsHead'),
    noise_layer=dict(type='NoiseLayerHead', num_classes=14),
    type_network=dict(
        backbone=dict(type='PretrainedAlexNet', num_classes=3, init_cfg=imagenet),
        head=dict(type='ClsHead'),
    ),
)
