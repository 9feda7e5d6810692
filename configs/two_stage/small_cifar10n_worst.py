_base_ = ['../baseline/small_cifar10n_worst.py', '../_base_/methods/two_stage_small.py']

model = _base_.pi_model
pipeline = [*_base_.load_image, *_base_.two_views]
train_dataloader = dict(
    dataset=dict(dataset=dict(pipeline=pipeline)),
    sampler=_base_.half_labeled,
)
train_cfg = _base_.two_stage_cfg
param_scheduler = _base_.two_stage_schedule
custom_hooks = _base_.two_stage_hooks
