# Row 6 of the paper's Table 1: the label noise layer. p(y|x) starts from model 2,
# p(z|x) from alexnet_clothing1m_6_types.py.
_base_ = ['./alexnet_clothing1m_6_types.py']

custom_hooks = [dict(type='NoiseLayerHook', phases=dict(joint=1))]
load_from = 'work_dirs/alexnet_clothing1m_6_types/epoch_26.pth'
