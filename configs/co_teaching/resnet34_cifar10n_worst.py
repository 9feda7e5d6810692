# All 50,000 images. The share of labels to leave out is estimated, not given.
_base_ = ['../baseline/resnet34_cifar10n_worst.py']

peer = dict(
    backbone=_base_.model.backbone, neck=_base_.model.neck, head=_base_.model.head
)
model = dict(
    type='NoisyLabelClassifier',
    terms=[dict(type='CoTeaching', peer=peer, ramp=10)],
)
custom_hooks = [dict(type='TermsHook')]
