# CIFAR-10N worst where the images are JPEG files: `train.txt` and `test.txt` hold
# `path label` per line with the true labels, `train.txt` in CIFAR-10's own order, so
# that its rows are those of `CIFAR-10_human.pt`.
_base_ = ['./cifar10n_worst.py']

data_preprocessor = dict(to_rgb=True)  # files are read as BGR

classes = [
    'airplane',
    'automobile',
    'bird',
    'cat',
    'deer',
    'dog',
    'frog',
    'horse',
    'ship',
    'truck',
]
train_dataloader = dict(
    dataset=dict(
        dataset=dict(
            dataset=dict(
                _delete_=True,
                type='CustomDataset',
                data_root=_base_.data_root,
                ann_file='train.txt',
                classes=classes,
                pipeline=[dict(type='LoadImageFromFile'), *_base_.train_pipeline],
            )
        )
    )
)
val_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='CustomDataset',
        data_root=_base_.data_root,
        ann_file='test.txt',
        classes=classes,
        test_mode=True,
        pipeline=[dict(type='LoadImageFromFile'), *_base_.test_pipeline],
    )
)
test_dataloader = val_dataloader
