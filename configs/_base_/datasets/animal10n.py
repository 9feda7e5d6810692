# ANIMAL-10N: 50,000 images of 64 x 64 to train, about 8 % of the labels wrong.
# `data_root` holds `training/` and `testing/`. Set NL_DATA if the data lies elsewhere.
data_root = '{{$NL_DATA:data}}/animal10n'

data_preprocessor = dict(
    num_classes=10,
    mean=[123.675, 116.28, 103.53],
    std=[58.395, 57.12, 57.375],
    to_rgb=True,
)

train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='RandomCrop', crop_size=64, padding=8),
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(type='PackInputs'),
]
test_pipeline = [dict(type='LoadImageFromFile'), dict(type='PackInputs')]

train_dataloader = dict(
    batch_size=128,
    num_workers=2,
    dataset=dict(
        type='ANIMAL10N', data_root=data_root, split='train', pipeline=train_pipeline
    ),
    sampler=dict(type='DefaultSampler', shuffle=True),
)
# There is no validation split. The test split is reported; nothing is chosen on it.
val_dataloader = dict(
    batch_size=512,
    num_workers=2,
    dataset=dict(
        type='ANIMAL10N',
        data_root=data_root,
        split='test',
        test_mode=True,
        pipeline=test_pipeline,
    ),
    sampler=dict(type='DefaultSampler', shuffle=False),
)
val_evaluator = dict(type='Accuracy', topk=(1,))
test_dataloader = val_dataloader
test_evaluator = val_evaluator
