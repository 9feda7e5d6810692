# A sixth of the paper's schedule.
_base_ = ['./thin_resnet14_cifar10_asym60.py']

param_scheduler = dict(patience=2)
train_cfg = dict(max_epochs=20)
