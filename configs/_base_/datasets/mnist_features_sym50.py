# Features of 4,000 images of MNIST, the last fifth to test; half of the training labels
# are wrong. Made by
#   python tools/extract.py configs/baseline/efficientnet_lite0_mnist.py \
#       --out data/features/mnist_4k --cfg-options train_dataloader.dataset.indices=4000
train_file = '{{$NL_DATA:data}}/features/mnist_4k'
fold = dict(type='KFoldDataset', fold=4, dataset=dict(type='Features', file=train_file))

data_preprocessor = dict(num_classes=10)
train_dataloader = dict(
    batch_size=256,
    num_workers=0,  # a sample is read in microseconds
    dataset=dict(
        type='NoisyLabels', dataset=fold, noise=dict(type='symmetric', rate=0.5), seed=0
    ),
    sampler=dict(type='DefaultSampler', shuffle=True),
)
# There is no validation split: the fold is reported, never used to choose.
val_dataloader = dict(
    batch_size=800,
    num_workers=0,
    dataset=dict(fold, test_mode=True),
    sampler=dict(type='DefaultSampler', shuffle=False),
)
val_evaluator = dict(type='Accuracy', topk=(1,))
test_dataloader = val_dataloader
test_evaluator = val_evaluator
