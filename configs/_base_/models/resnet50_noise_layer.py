# p(y|x) and p(z|x) are two networks of the same kind.
_base_ = ['./resnet50_imagenet.py']

model = dict(
    type='NoiseLayerClassifier',
    head=dict(num_classes=14),
    noise_layer=dict(type='NoiseLayerHead', num_classes=14),
    type_network=dict(
        backbone=_base_.model.backbone,
        neck=_base_.model.neck,
        head=dict(_base_.model.head, num_classes=3),
    ),
)
