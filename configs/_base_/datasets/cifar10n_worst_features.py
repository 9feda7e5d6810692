# Features of CIFAR-10N worst, the first 10,000 training images and the test images.
# `python tools/extract.py configs/baseline/efficientnet_lite0_cifar10n_worst.py`
# with `--out data/features/cifar10n_train10k`, and with `--split test --out
# data/features/cifar10n_test`, makes them; set NL_DATA for another place than data/,
# and NL_FEATURES for another name than that of the 10,000.
train_file = '{{$NL_DATA:data}}/features/{{$NL_FEATURES:cifar10n_train10k}}'
test_file = '{{$NL_DATA:data}}/features/cifar10n_test'

data_preprocessor = dict(num_classes=10)
train_dataloader = dict(
    batch_size=256,
    num_workers=0,  # a sample is read in microseconds
    dataset=dict(type='Features', file=train_file),
    sampler=dict(type='DefaultSampler', shuffle=True),
)
# There is no validation split: the test split is reported, never used to choose.
val_dataloader = dict(
    batch_size=1000,
    num_workers=0,
    dataset=dict(type='Features', file=test_file, test_mode=True),
    sampler=dict(type='DefaultSampler', shuffle=False),
)
val_evaluator = dict(type='Accuracy', topk=(1,))
test_dataloader = val_dataloader
test_evaluator = val_evaluator
