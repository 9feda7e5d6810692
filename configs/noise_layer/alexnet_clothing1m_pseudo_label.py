# Pseudo-labels (Lee 2013), row 1 of the two-stage paper's Table 4: the clean images are
# labelled, the noisy ones not, from model 2. No label but a clean one reaches the
# threshold. The weight is that paper's; it does not ramp up, as training has begun.
_base_ = ['./alexnet_clothing1m_2_clean_pretrained.py']

model = dict(type='NoisyLabelClassifier', terms=[dict(type='PseudoLabel', weight=3.0)])
train_dataloader = dict(sampler=dict(phase='joint'))
custom_hooks = [
    dict(type='LabelSelectionHook', threshold=1.0, min_fraction=0.0),
    dict(type='TermsHook'),
]
load_from = 'work_dirs/alexnet_clothing1m_2_clean_pretrained/epoch_26.pth'
