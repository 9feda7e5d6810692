# Two epochs on all labels for the features, then the three stages.
_base_ = ['../baseline/digits_sym50.py']

model = dict(type='NoisyLabelClassifier')  # its loss is that of the images in use
custom_hooks = [
    dict(
        type='CurriculumHook',
        start_epoch=3,
        noisy_epoch=11,
        highly_noisy_epoch=21,
    )
]
