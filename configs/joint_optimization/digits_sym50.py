# Stage 1: a high learning rate throughout, and new labels from epoch 9 on.
_base_ = ['../baseline/digits_sym50.py']

model = dict(
    type='NoisyLabelClassifier',
    terms=[dict(type='JointRegularization', alpha=1.2, beta=0.8)],
)
param_scheduler = dict(_delete_=True, type='ConstantLR', factor=1.0)
joint_hook = dict(type='JointOptimizationHook', start_epoch=9)
custom_hooks = [joint_hook]
