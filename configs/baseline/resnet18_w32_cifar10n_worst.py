_base_ = ['./resnet34_cifar10n_worst.py']

# A network for its features, which a CPU core trains in an hour and a half.
model = dict(
    backbone=dict(depth=18, stem_channels=32, base_channels=32),
    head=dict(in_channels=256),
)
param_scheduler = dict(milestones=[6])
train_cfg = dict(max_epochs=8, val_interval=8)
