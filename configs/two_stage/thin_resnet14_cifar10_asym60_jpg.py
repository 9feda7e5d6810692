# The same where the images are JPEG files, see _base_/datasets/cifar10n_worst_jpg.py.
_base_ = ['./thin_resnet14_cifar10_asym60.py']

data_preprocessor = dict(to_rgb=True)  # files are read as BGR

load = dict(type='LoadImageFromFile')
files = dict(_delete_=True, type='CustomDataset', data_root=_base_.data_root)
classes = [str(label) for label in range(10)]
train = dict(files, ann_file='train.txt', classes=classes)
test = dict(files, ann_file='test.txt', classes=classes, test_mode=True)
train_dataloader = dict(
    dataset=dict(
        dataset=dict(dataset=dict(train, pipeline=[load, *_base_.train_pipeline]))
    )
)
val_dataloader = dict(
    dataset=dict(
        dataset=dict(dataset=dict(train, pipeline=[load, *_base_.test_pipeline]))
    )
)
test_dataloader = dict(dataset=dict(test, pipeline=[load, *_base_.test_pipeline]))
