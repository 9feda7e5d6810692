# The predefined curriculum, after a fifth of the training. The schedule is SINet's; the
# paper's network is an Inception-ResNet v2.
_base_ = ['../baseline/resnet50_webvision1.py']

model = dict(
    type='NoisyLabelClassifier', terms=[dict(type='MentorNet', start_epoch=21)]
)
custom_hooks = [dict(type='TermsHook')]
