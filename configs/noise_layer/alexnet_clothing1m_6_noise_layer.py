# Row 6 of the paper's Table 1: the label noise layer, from model 2 and the p(z|x) of
# alexnet_clothing1m_6_types.py.
_base_ = ['./alexnet_clothing1m_6_types.py']

custom_hooks = [dict(type='NoiseLayerHook', phases=dict(joint=1))]
load_from = 'work_dirs/alexnet_clothing1m_6_types/epoch_26.pth'
