# A sixth of the paper's schedule.
_base_ = ['./thin_resnet14_cifar10_asym60_improved.py']

param_scheduler = dict(patience=2)
train_cfg = dict(max_epochs=20)
_base_.custom_hooks[-1].start_epoch = 11
custom_hooks = _base_.custom_hooks
