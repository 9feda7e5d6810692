# The label noise layer with ResNet-50 and all phases in one run. An epoch has 1.5 M
# images; the first one is 31 passes over the clean images. The clean images make it a
# larger training set than that of ../baseline/resnet50_clothing1m.py: what compares
# with it is rows 3 and 4, alexnet_clothing1m_{3,4}_*.py, or this config without the
# hook, noise layer and type network and with the phase 'given' of the sampler.
_base_ = [
    '../_base_/models/resnet50_imagenet.py',
    '../_base_/datasets/clothing1m_clean.py',
    '../_base_/schedules/clothing1m_15e.py',
    '../_base_/default_runtime.py',
]

# p(y|x) and p(z|x) are two networks of the same kind.
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
custom_hooks = [
    dict(type='NoiseLayerHook', phases=dict(classes=1, types=2, joint=3)),
]
param_scheduler = dict(_delete_=True, type='MultiStepLR', milestones=[7, 12], gamma=0.1)
find_unused_parameters = True  # most phases train one network only
