# CIFAR-10N, the worst of three human labels (40 % wrong). `data_root` holds
# `cifar-10-batches-py/` and `CIFAR-10_human.pt` (Wei et al., 2022); set NL_DATA for
# another place. With NL_CIFAR10=files the images are files that `train.txt` and
# `test.txt` list: see CIFAR10N.
data_root = '{{$NL_DATA:data}}/cifar10'
cifar10 = dict(type='CIFAR10N', data_root=data_root, images='{{$NL_CIFAR10:pickles}}')
are_files = cifar10['images'] == 'files'

data_preprocessor = dict(
    num_classes=10,
    mean=[125.307, 122.961, 113.8575],
    std=[51.5865, 50.847, 51.255],
    to_rgb=are_files,  # files are read as BGR, the pickles are RGB
)
load_image = [dict(type='LoadImageFromFile')] if are_files else []
augmentation = [
    dict(type='RandomCrop', crop_size=32, padding=4),
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(type='PackInputs'),
]
train_pipeline = [*load_image, *augmentation]
test_pipeline = [*load_image, dict(type='PackInputs')]

train_dataloader = dict(
    batch_size=128,
    num_workers=0,  # batches come from memory
    dataset=dict(
        type='InMemory',
        dataset=dict(cifar10, label_set='worst', pipeline=train_pipeline),
    ),
    sampler=dict(type='DefaultSampler', shuffle=True),
)
# There is no validation split: the test split is reported, never used to choose.
val_dataloader = dict(
    batch_size=512,
    num_workers=0,
    dataset=dict(
        type='InMemory',
        dataset=dict(cifar10, split='test', test_mode=True, pipeline=test_pipeline),
    ),
    sampler=dict(type='DefaultSampler', shuffle=False),
)
val_evaluator = dict(type='Accuracy', topk=(1,))
test_dataloader = val_dataloader
test_evaluator = val_evaluator
