# A sixth of the paper's schedule: 20 epochs and 20 sub-epochs.
_base_ = ['./thin_resnet14_cifar10_asym60.py']

param_scheduler = dict(patience=2)
train_cfg = dict(max_epochs=40)
selection, restart, ensembling = _base_.custom_hooks[-3:]
selection.start_epoch = restart.epoch = ensembling.start_epoch = 21
ensembling.update(ramp_up=5, ramp_down=4)
custom_hooks = _base_.custom_hooks
