# CIFAR-100N, one human label per image (40 % wrong), on the official pickles.
# `data_root` holds `cifar-100-python/` and `CIFAR-100_human.pt` (Wei et al., 2022). Set
# NL_DATA if the data lies elsewhere.
_base_ = ['./cifar10n_worst.py']

data_root = '{{$NL_DATA:data}}/cifar100'
cifar100 = dict(type='CIFAR100N', data_root=data_root, images='pickles')

data_preprocessor = dict(
    num_classes=100,
    mean=[129.304, 124.070, 112.434],
    std=[68.170, 65.392, 70.418],
    to_rgb=False,
)
train_dataloader = dict(
    dataset=dict(
        dataset=dict(cifar100, label_set='noisy', pipeline=_base_.augmentation)
    )
)
# There is no validation split. The test split is reported; nothing is chosen on it.
val_dataloader = dict(
    dataset=dict(dataset=dict(cifar100, pipeline=[dict(type='PackInputs')]))
)
test_dataloader = val_dataloader
