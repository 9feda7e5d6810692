# The stages apart. Stage 2 selects labels with the network of stage 1 and trains on
# from it. Give the checkpoint:
#   --cfg-options load_from=work_dirs/digits_sym50_stage1/epoch_6.pth
_base_ = ['./digits_sym50.py']

_base_.custom_hooks[1].start_epoch = 1
model = dict(terms=[dict(_base_.term, start_epoch=1)])
custom_hooks = _base_.custom_hooks
param_scheduler = dict(T_max=24)
train_cfg = dict(max_epochs=24)
