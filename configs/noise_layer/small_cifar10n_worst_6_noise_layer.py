# Row 6 of the paper's Table 1: the label noise layer, from model 1. The first phase
# trains model 1.
_base_ = [
    '../_base_/models/resnet18_w16_cifar.py',
    '../_base_/datasets/cifar10n_worst_clean5.py',
    '../_base_/schedules/small_40e.py',
    '../_base_/default_runtime.py',
]

# p(y|x) and p(z|x) are two networks of the same kind.
model = dict(
    type='NoiseLayerClassifier',
    noise_layer=dict(type='NoiseLayerHead', num_classes=10),
    type_network=dict(
        backbone=_base_.model.backbone,
        neck=_base_.model.neck,
        head=dict(_base_.model.head, num_classes=3),
    ),
)
custom_hooks = [
    dict(type='NoiseLayerHook', phases=dict(classes=1, types=5, joint=7)),
]
# The learning rate restarts with each phase.
param_scheduler = dict(
    _delete_=True,
    type='CosineRestartLR',
    periods=[4, 2, 34],
    restart_weights=[1, 1, 1],
    eta_min=0,
    convert_to_iter_based=True,
)
find_unused_parameters = True  # most phases train one network only
default_hooks = dict(channels_last=dict(type='ChannelsLastHook'))
