_base_ = [
    '../_base_/models/feature_linear.py',
    '../_base_/datasets/cifar10n_worst_features.py',
    '../_base_/schedules/features_30e.py',
    '../_base_/default_runtime.py',
]

model = dict(backbone=dict(standardize=_base_.train_file))
