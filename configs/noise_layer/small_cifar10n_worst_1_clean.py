# Row 1 of the paper's Table 1: clean labels alone, from scratch.
_base_ = [
    '../_base_/models/resnet18_w16_cifar.py',
    '../_base_/datasets/cifar10n_worst_clean5.py',
    '../_base_/schedules/small_40e.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(sampler=dict(phase='classes'))
default_hooks = dict(channels_last=dict(type='ChannelsLastHook'))
