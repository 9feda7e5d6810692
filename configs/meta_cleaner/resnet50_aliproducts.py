# Five images of a class in each subset, 20 classes in each batch.
_base_ = ['../baseline/resnet50_aliproducts.py']

model = dict(
    type='NoisyLabelClassifier',
    terms=[dict(type='MetaCleaner', in_channels=2048, subset_size=5)],
)
train_dataloader = dict(sampler=dict(type='ClassGroupSampler', group_size=5))
