# Row 5 of the paper's Table 1: the bottom-up model, from model 2.
_base_ = ['./alexnet_clothing1m_6_types.py']

model = dict(noise_layer=dict(type='BottomUpHead'), type_network=None)
custom_hooks = [dict(type='NoiseLayerHook', phases=dict(joint=1))]
