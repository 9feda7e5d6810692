# Stage 1: a constant learning rate, and new labels after each epoch. The schedule is to
# be compared with the paper's section 4.4; here 10 epochs at 8e-4, in batches of 32.
_base_ = ['../baseline/resnet50_clothing1m.py']

model = dict(
    type='NoisyLabelClassifier',
    terms=[dict(type='JointRegularization', alpha=1.2, beta=0.8)],
)
train_dataloader = dict(batch_size=32)
optim_wrapper = dict(optimizer=dict(lr=8e-4, weight_decay=1e-3))
param_scheduler = dict(_delete_=True, type='ConstantLR', factor=1.0)
train_cfg = dict(max_epochs=10)
custom_hooks = [dict(type='JointOptimizationHook', start_epoch=2)]
