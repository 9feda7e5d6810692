_base_ = [
    '../_base_/models/feature_mlp.py',
    '../_base_/datasets/mnist_features_sym50.py',
    '../_base_/schedules/features_30e.py',
    '../_base_/default_runtime.py',
]

model = dict(backbone=dict(standardize=_base_.train_file))
