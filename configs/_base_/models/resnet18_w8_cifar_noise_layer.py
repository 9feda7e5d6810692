# p(y|x) and p(z|x) are two networks of the same kind.
_base_ = ['./resnet18_w8_cifar.py']

model = dict(
    type='NoiseLayerClassifier',
    noise_layer=dict(type='NoiseLayerHead', num_classes=10),
    type_network=dict(
        backbone=_base_.model.backbone,
        neck=_base_.model.neck,
        head=dict(_base_.model.head, num_classes=3),
    ),
)
