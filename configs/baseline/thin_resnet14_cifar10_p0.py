_base_ = [
    '../_base_/models/thin_resnet14_cifar.py',
    '../_base_/datasets/cifar10_split.py',
    '../_base_/schedules/ding_cifar10_120e.py',
    '../_base_/default_runtime.py',
]

# Faster on a CPU; not among the custom hooks, which the configs of methods replace.
default_hooks = dict(channels_last=dict(type='ChannelsLastHook'))
