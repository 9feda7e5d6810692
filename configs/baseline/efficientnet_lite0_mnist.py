# MNIST at 128 pixels, to extract features that were learnt on photographs. One channel
# becomes three where the means are subtracted.
_base_ = [
    '../_base_/models/efficientnet_lite0_frozen.py',
    '../_base_/datasets/mnist.py',
    '../_base_/schedules/features_30e.py',
    '../_base_/default_runtime.py',
]

resize = [dict(type='Resize', scale=(128, 128)), dict(type='PackInputs')]
data_preprocessor = dict(
    _delete_=True, num_classes=10, mean=[127.0] * 3, std=[128.0] * 3
)
model = dict(head=dict(num_classes=10))
train_set = dict(_base_.train_dataloader.dataset.dataset, pipeline=resize)
test_set = dict(_base_.val_dataloader.dataset.dataset, pipeline=resize)
train_dataloader = dict(dataset=dict(_delete_=True, **train_set))
val_dataloader = dict(batch_size=128, dataset=dict(_delete_=True, **test_set))
test_dataloader = val_dataloader
