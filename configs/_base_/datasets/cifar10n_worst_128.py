# CIFAR-10N worst at 128 pixels, for networks that were trained on larger images. These
# would fill the memory: they are loaded one by one. Files are enlarged as float32:
# rounding to whole grey levels alone changes features of EfficientNet-Lite0 by 6 %.
_base_ = ['./cifar10n_worst.py']

load = [dict(step, to_float32=True) for step in _base_.load_image]
resize = dict(type='Resize', scale=128)
crop, flip, pack = _base_.augmentation
train_pipeline = [*load, crop, flip, resize, pack]
test_pipeline = [*load, resize, pack]
train_set = dict(_base_.train_dataloader.dataset.dataset, pipeline=train_pipeline)
test_set = dict(_base_.val_dataloader.dataset.dataset, pipeline=test_pipeline)

train_dataloader = dict(dataset=dict(_delete_=True, **train_set))
val_dataloader = dict(batch_size=128, dataset=dict(_delete_=True, **test_set))
test_dataloader = val_dataloader
