# Both stages in one run: 40 epochs with all labels, then 40 sub-epochs of temporal
# ensembling with the selected ones and a new optimizer. The consistency weight is Laine
# & Aila's, 30 M/N times a mean over images and classes; M/N cancels, for Eq. 2 divides
# the cross entropy by the M labelled images, and theirs by all N.
_base_ = ['../baseline/mlp_mnist_p0.py']

switch = 41
term = dict(
    type='TemporalEnsembling',
    consistency=dict(type='ConsistencyLoss', loss_weight=30.0, class_mean=True),
    start_epoch=switch,
    ramp_up=10,
    ramp_down=5,
)
model = dict(
    type='NoisyLabelClassifier',
    terms=[term],
    noise=dict(type='GaussianNoise', std=0.15),
)
train_dataloader = dict(
    sampler=dict(type='LabeledUnlabeledSampler', balance_classes=True)
)
train_cfg = dict(max_epochs=80)
selection_hook = dict(
    type='LabelSelectionHook', start_epoch=switch, refine_validation=True
)
restart_hook = dict(type='OptimizerRestartHook', epoch=switch)
custom_hooks = [
    dict(type='StepSeedHook'),
    *_base_.plateau_hooks,
    selection_hook,
    restart_hook,
    dict(type='TermsHook'),
]
