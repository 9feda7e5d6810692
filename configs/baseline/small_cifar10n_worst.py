_base_ = [
    '../_base_/models/resnet18_w16_cifar.py',
    '../_base_/datasets/cifar10n_worst.py',
    '../_base_/schedules/small_60e.py',
    '../_base_/default_runtime.py',
]

# The first 10,000 training images; the full test split.
train_dataloader = dict(dataset=dict(indices=10000))
# Not among the custom hooks, which the configs of methods replace.
default_hooks = dict(channels_last=dict(type='ChannelsLastHook'))
