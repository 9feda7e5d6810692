# A sixth of the paper's schedule.
_base_ = ['./thin_resnet14_cifar10_asym60_improved.py']

param_scheduler = dict(patience=2)
train_cfg = dict(max_epochs=20)
custom_hooks = [
    *_base_.plateau_hooks,
    dict(_base_.selection_hook, start_epoch=11),
]
