# Every twentieth image has a clean label as well. An epoch repeats these.
_base_ = ['../baseline/feature_mlp_cifar10n_worst_clean.py']

model = dict(
    type='NoiseLayerClassifier',
    noise_layer=dict(type='NoiseLayerHead', num_classes=10),
    type_network=dict(
        backbone=_base_.model.backbone,
        head=dict(_base_.model.head, num_classes=3),
    ),
)
train_dataloader = dict(
    sampler=dict(_delete_=True, type='CleanNoisySampler'),
)
custom_hooks = [
    dict(type='NoiseLayerHook', phases=dict(classes=1, types=3, joint=4)),
]
# The learning rate restarts with each phase.
train_cfg = dict(max_epochs=15)
param_scheduler = dict(
    _delete_=True,
    type='CosineRestartLR',
    periods=[2, 1, 12],
    restart_weights=[1, 1, 1],
    eta_min=0,
    convert_to_iter_based=True,
)
find_unused_parameters = True  # most phases train one network only
