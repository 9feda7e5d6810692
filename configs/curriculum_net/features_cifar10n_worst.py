# The features that the head is given part the classes.
_base_ = ['../baseline/feature_mlp_cifar10n_worst.py']

model = dict(type='NoisyLabelClassifier')  # its loss is that of the images in use
custom_hooks = [
    dict(
        type='CurriculumHook',
        start_epoch=3,
        noisy_epoch=11,
        highly_noisy_epoch=21,
    )
]
