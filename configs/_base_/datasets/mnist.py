# MNIST, the four original files unpacked. Set NL_DATA if the data lies elsewhere.
data_root = '{{$NL_DATA:data}}/mnist'

# Padding 28 to 32 pixels for the whole batch is cheaper than resizing every image.
data_preprocessor = dict(
    num_classes=10,
    mean=[33.46],
    std=[78.87],
    pad_size_divisor=32,
    pad_value=-0.424,  # black after normalization
)

pipeline = [dict(type='PackInputs')]

train_dataloader = dict(
    batch_size=128,
    num_workers=0,  # batches come from memory
    dataset=dict(
        type='InMemory',
        dataset=dict(
            type='MNIST', data_root=data_root, download=False, pipeline=pipeline
        ),
    ),
    sampler=dict(type='DefaultSampler', shuffle=True),
)
# There is no validation split. The test split is reported; nothing is chosen on it.
# MMPretrain's MNIST gives the training images unless `test_mode` is set.
val_dataloader = dict(
    batch_size=512,
    num_workers=0,
    dataset=dict(
        type='InMemory',
        dataset=dict(
            type='MNIST',
            data_root=data_root,
            download=False,
            split='test',
            test_mode=True,
            pipeline=pipeline,
        ),
    ),
    sampler=dict(type='DefaultSampler', shuffle=False),
)
val_evaluator = dict(type='Accuracy', topk=(1,))
test_dataloader = val_dataloader
test_evaluator = val_evaluator
