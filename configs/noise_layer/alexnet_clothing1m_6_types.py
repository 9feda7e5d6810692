# Row 6 of the paper's Table 1, first part: p(z|x) is trained; p(y|x) is model 2.
_base_ = [
    '../_base_/models/alexnet_noise_layer.py',
    '../_base_/datasets/clothing1m_clean.py',
    '../_base_/schedules/alexnet_26e.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(batch_size=256)
custom_hooks = [dict(type='NoiseLayerHook', phases=dict(types=1))]
find_unused_parameters = True  # p(y|x) is left out
load_from = 'work_dirs/alexnet_clothing1m_2_clean_pretrained/epoch_26.pth'
