# A sixth of the paper's schedule.
_base_ = ['./thin_resnet14_cifar10_p0_improved.py']

noisy = dict(dataset=dict(dataset=dict(noise=dict(type='cifar10', rate=0.6))))
train_dataloader = noisy
val_dataloader = noisy
param_scheduler = dict(patience=2)
train_cfg = dict(max_epochs=20)
custom_hooks = [
    *_base_.plateau_hooks,
    dict(_base_.selection_hook, start_epoch=11),
]
