# CIFAR-10N, the worst of three human labels (40 % wrong): CIFAR-10, and
# `CIFAR-10_human.pt` (Wei et al., 2022) beside it. `label_key` names another label set:
# `aggre_label` (9 % wrong), `random_label1` to `random_label3` (17 to 18 %).
_base_ = ['./cifar10_{{$NL_CIFAR10:pickles}}.py']

augmentation = [
    dict(type='RandomCrop', crop_size=32, padding=4),
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(type='PackInputs'),
]
train_pipeline = [*_base_.load_image, *augmentation]
test_pipeline = [*_base_.load_image, dict(type='PackInputs')]

train_dataloader = dict(
    batch_size=128,
    num_workers=0,  # batches come from memory
    dataset=dict(
        type='InMemory',
        dataset=dict(
            type='NoisyLabels',
            dataset=dict(_base_.cifar10_train, pipeline=train_pipeline),
            label_file=_base_.data_root + '/CIFAR-10_human.pt',
            label_key='worse_label',
        ),
    ),
    sampler=dict(type='DefaultSampler', shuffle=True),
)
# There is no validation split: the test split is reported, never used to choose.
val_dataloader = dict(
    batch_size=512,
    num_workers=0,
    dataset=dict(
        type='InMemory', dataset=dict(_base_.cifar10_test, pipeline=test_pipeline)
    ),
    sampler=dict(type='DefaultSampler', shuffle=False),
)
val_evaluator = dict(type='Accuracy', topk=(1,))
test_dataloader = val_dataloader
test_evaluator = val_evaluator
