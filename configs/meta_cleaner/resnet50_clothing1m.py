# Five images of a class in each subset. The schedule is SMP's, not the paper's.
_base_ = ['../baseline/resnet50_clothing1m.py']

model = dict(
    type='NoisyLabelClassifier',
    terms=[dict(type='MetaCleaner', in_channels=2048, subset_size=5)],
)
train_dataloader = dict(
    batch_size=130, sampler=dict(type='ClassGroupSampler', group_size=5)
)
