# Row 5 of the paper's Table 1: the bottom-up model, with the phases of row 6.
_base_ = ['./small_cifar10n_worst_6_noise_layer.py']

model = dict(noise_layer=dict(type='BottomUpHead'), type_network=None)
custom_hooks = [dict(type='NoiseLayerHook', phases=dict(classes=1, joint=5))]
param_scheduler = dict(periods=[4, 36], restart_weights=[1, 1])
