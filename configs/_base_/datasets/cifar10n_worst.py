# CIFAR-10N, the worst of three human labels (40 % wrong), on the official pickles.
# `data_root` holds `cifar-10-batches-py/` and `CIFAR-10_human.pt` (Wei et al., 2022).
# Another place: set NL_DATA.
data_root = '{{$NL_DATA:data}}/cifar10'

data_preprocessor = dict(
    num_classes=10,
    mean=[125.307, 122.961, 113.8575],
    std=[51.5865, 50.847, 51.255],
    to_rgb=False,  # the pickles are RGB
)

train_pipeline = [
    dict(type='RandomCrop', crop_size=32, padding=4),
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(type='PackInputs'),
]
test_pipeline = [dict(type='PackInputs')]

train_dataloader = dict(
    batch_size=128,
    num_workers=0,  # batches come from memory
    dataset=dict(
        type='InMemory',
        dataset=dict(
            type='NoisyLabels',
            dataset=dict(
                type='CIFAR10',
                data_root=data_root,
                download=False,
                split='train',
                pipeline=train_pipeline,
            ),
            label_file=data_root + '/CIFAR-10_human.pt',
            label_key='worse_label',
        ),
    ),
    sampler=dict(type='DefaultSampler', shuffle=True),
)
# There is no validation split: the test split is reported, never used to choose.
val_dataloader = dict(
    batch_size=512,
    num_workers=2,
    dataset=dict(
        type='CIFAR10',
        data_root=data_root,
        download=False,
        split='test',
        test_mode=True,
        pipeline=test_pipeline,
    ),
    sampler=dict(type='DefaultSampler', shuffle=False),
)
val_evaluator = dict(type='Accuracy', topk=(1,))
test_dataloader = val_dataloader
test_evaluator = val_evaluator
