# All 50,000 images.
_base_ = ['../baseline/resnet34_cifar10n_worst.py']

model = dict(
    type='NoisyLabelClassifier',
    terms=[dict(type='EarlyLearningRegularization', weight=3.0, momentum=0.7)],
)
custom_hooks = [dict(type='TermsHook')]
