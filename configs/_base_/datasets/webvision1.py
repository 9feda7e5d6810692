# WebVision 1.0: 2.4 M web images of 1,000 classes to train. `data_root` holds `info/`,
# `google/`, `flickr/` and `val_images_256/`. Set NL_DATA if the data lies elsewhere.
data_root = '{{$NL_DATA:data}}/webvision1'

data_preprocessor = dict(
    num_classes=1000,
    mean=[123.675, 116.28, 103.53],
    std=[58.395, 57.12, 57.375],
    to_rgb=True,
)

# SINet, section 3.4: 224 pixels, random crops, horizontal flips, AutoAugment.
train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='RandomResizedCrop', scale=224),
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(
        type='AutoAugment', policies='imagenet', hparams=dict(pad_val=[104, 116, 124])
    ),
    dict(type='PackInputs'),
]
test_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='ResizeEdge', scale=256, edge='short'),
    dict(type='CenterCrop', crop_size=224),
    dict(type='PackInputs'),
]

train_dataloader = dict(
    batch_size=100,  # the paper's 2,500 on 25 GPUs
    num_workers=8,
    dataset=dict(
        type='WebVision', data_root=data_root, split='train', pipeline=train_pipeline
    ),
    sampler=dict(type='DefaultSampler', shuffle=True),
)
# The labels of the test split are not public: the validation split is reported, and
# nothing is chosen on it.
val_dataloader = dict(
    batch_size=256,
    num_workers=8,
    dataset=dict(
        type='WebVision',
        data_root=data_root,
        split='val',
        test_mode=True,
        pipeline=test_pipeline,
    ),
    sampler=dict(type='DefaultSampler', shuffle=False),
)
val_evaluator = dict(type='Accuracy', topk=(1, 5))
test_dataloader = val_dataloader
test_evaluator = val_evaluator
