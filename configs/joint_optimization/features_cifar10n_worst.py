# Stage 1: the learning rate stays high, and labels are new from the third epoch on.
_base_ = ['../baseline/feature_mlp_cifar10n_worst.py']

model = dict(
    type='NoisyLabelClassifier',
    terms=[dict(type='JointRegularization', alpha=1.2, beta=0.8)],
)
param_scheduler = dict(_delete_=True, type='ConstantLR', factor=1.0)
custom_hooks = [dict(type='JointOptimizationHook', start_epoch=3)]
