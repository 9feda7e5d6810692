# Section 3.4: fine-tuned with 312 pixels. Give the checkpoint:
#   --cfg-options load_from=work_dirs/resnext101_webvision2_256/epoch_10.pth
_base_ = ['./resnext101_webvision2_256.py']

train_pipeline = [
    dict(step, scale=312) if step['type'] == 'RandomResizedCrop' else step
    for step in _base_.train_pipeline
]
test_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='ResizeEdge', scale=356, edge='short'),
    dict(type='CenterCrop', crop_size=312),
    dict(type='PackInputs'),
]

train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
