# The predefined curriculum, MentorNet PD, as in the authors' code. The schedule is
# SINet's; the paper's network is an Inception-ResNet v2.
_base_ = ['../baseline/resnet50_webvision1.py']

model = dict(
    type='NoisyLabelClassifier',
    terms=[dict(type='MentorNet', width=1.0, width_epoch=91, start_epoch=21)],
)
custom_hooks = [dict(type='TermsHook')]
