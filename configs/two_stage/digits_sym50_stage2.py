# Stage 2 as a run of its own: selects labels with the network of stage 1 and continues
# from it. Give the checkpoint:
#   --cfg-options load_from=work_dirs/digits_sym50_stage1/epoch_6.pth
_base_ = ['./digits_sym50.py']

model = dict(terms=[dict(_base_.term, start_epoch=1)])
custom_hooks = [
    dict(type='StepSeedHook'),
    dict(_base_.selection_hook, start_epoch=1),
    dict(type='TermsHook'),
]
param_scheduler = dict(T_max=24)
train_cfg = dict(max_epochs=24)
