# CIFAR-10 as image files, chosen by NL_CIFAR10=files: `train.txt` and `test.txt` in
# `data_root` hold `path label` per line, `train.txt` in CIFAR-10's own order, so that
# its rows are those of `CIFAR-10_human.pt`.
_base_ = ['./cifar10_pickles.py']

data_preprocessor = dict(to_rgb=True)  # files are read as BGR
load_image = [dict(type='LoadImageFromFile')]
cifar10_train = dict(
    _delete_=True,
    type='CustomDataset',
    data_root=_base_.data_root,
    ann_file='train.txt',
    classes=[
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
    ],
)
cifar10_test = dict(cifar10_train, ann_file='test.txt', test_mode=True)
