# The start of rows 2 and 4 to 6, where the paper starts from ImageNet weights: a
# network that tells by how much images are rotated, trained without their labels.
_base_ = [
    '../_base_/models/digits_resnet.py',
    '../_base_/datasets/digits.py',
    '../_base_/schedules/digits_20e.py',
    '../_base_/default_runtime.py',
]

model = dict(head=dict(num_classes=4))
data_preprocessor = dict(num_classes=4)
turned = [dict(type='RotateAsLabel'), dict(type='PackInputs')]
train_dataloader = dict(
    dataset=dict(
        pipeline=[dict(type='RandomCrop', crop_size=8, padding=1), *turned],
    )
)
val_dataloader = dict(dataset=dict(pipeline=turned))
test_dataloader = val_dataloader
