# Both stages in one run: 6 epochs with all labels, then sub-epochs with the selected
# labels, from the weights of stage 1. Sub-epochs are shorter than epochs, so the
# schedule counts epochs, not iterations.
_base_ = ['../baseline/digits_sym50.py']

switch = 7
term = dict(
    type='PiConsistency',
    consistency=dict(type='ConsistencyLoss', loss_weight=20.0),
    start_epoch=switch,
    ramp_up=5,
)
model = dict(
    type='NoisyLabelClassifier',
    terms=[term],
    noise=dict(type='GaussianNoise', std=0.3),
)
train_dataloader = dict(
    sampler=dict(type='LabeledUnlabeledSampler', balance_classes=True)
)
param_scheduler = dict(convert_to_iter_based=False)
selection_hook = dict(type='LabelSelectionHook', start_epoch=switch)
custom_hooks = [dict(type='StepSeedHook'), selection_hook, dict(type='TermsHook')]
