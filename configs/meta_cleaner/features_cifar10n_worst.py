# A batch of 256 has some 25 images of a class.
_base_ = ['../baseline/feature_mlp_cifar10n_worst.py']

model = dict(
    type='NoisyLabelClassifier', terms=[dict(type='MetaCleaner', in_channels=1280)]
)
