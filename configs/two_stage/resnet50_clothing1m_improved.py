# Cross entropy with balanced classes and the optimizer of the two-stage method; the
# validation split is clean. Stage 2 starts from the checkpoint of this run. The paper
# does not give the number of epochs.
_base_ = ['../baseline/resnet50_clothing1m.py']

train_pipeline = [
    *_base_.train_pipeline[:-1],
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(type='PackInputs'),
]
train_dataloader = dict(
    dataset=dict(pipeline=train_pipeline), sampler=dict(type='ClassBalancedSampler')
)
optim_wrapper = dict(optimizer=dict(_delete_=True, type='Adam', lr=3e-4))
