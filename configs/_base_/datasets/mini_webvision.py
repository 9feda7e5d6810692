# Mini-WebVision: the images from Google of the first 50 classes of WebVision 1.0. Crops
# of 227 out of 256 pixels, as in DivideMix (Li et al., ICLR 2020) and most later work.
_base_ = ['./webvision1.py']

data_preprocessor = dict(num_classes=50)

train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='ResizeEdge', scale=256, edge='short'),
    dict(type='RandomCrop', crop_size=227),
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(type='PackInputs'),
]
test_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='ResizeEdge', scale=256, edge='short'),
    dict(type='CenterCrop', crop_size=227),
    dict(type='PackInputs'),
]

train_dataloader = dict(
    batch_size=64,
    dataset=dict(sources=['google'], num_classes=50, pipeline=train_pipeline),
)
val_dataloader = dict(dataset=dict(num_classes=50, pipeline=test_pipeline))
test_dataloader = val_dataloader
