# Both stages in one run: 120 epochs with all labels, then 120 sub-epochs of temporal
# ensembling with the selected ones and a new optimizer. The paper gives no dropout
# rate.
_base_ = ['../baseline/thin_resnet14_cifar10_p0.py']

switch = 121
term = dict(
    type='TemporalEnsembling',
    consistency=dict(type='ConsistencyLoss', loss_weight=30.0, class_mean=True),
    start_epoch=switch,
    ramp_up=30,
    ramp_down=20,
)
model = dict(
    type='NoisyLabelClassifier',
    backbone=dict(dropout=0.2),
    terms=[term],
    noise=dict(type='GaussianNoise', std=0.15),
)
train_dataloader = dict(
    sampler=dict(type='LabeledUnlabeledSampler', balance_classes=True)
)
train_cfg = dict(max_epochs=240)
selection_hook = dict(
    type='LabelSelectionHook', start_epoch=switch, refine_validation=True
)
restart_hook = dict(type='OptimizerRestartHook', epoch=switch, lr=0.01)
custom_hooks = [
    dict(type='StepSeedHook'),
    *_base_.plateau_hooks,
    selection_hook,
    restart_hook,
    dict(type='TermsHook'),
]
