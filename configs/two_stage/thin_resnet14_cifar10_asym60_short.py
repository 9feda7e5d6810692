# A sixth of the paper's schedule: 20 epochs and 20 sub-epochs.
_base_ = ['./thin_resnet14_cifar10_asym60.py']

param_scheduler = dict(patience=2)
train_cfg = dict(max_epochs=40)
model = dict(terms=[dict(_base_.term, start_epoch=21, ramp_up=5, ramp_down=4)])
selection, restart, _ = _base_.custom_hooks[-3:]
selection.start_epoch = restart.epoch = 21
custom_hooks = _base_.custom_hooks
