# Row 2 of the paper's Table 1: clean labels alone, from ImageNet weights.
_base_ = ['./alexnet_clothing1m_1_clean.py']

imagenet = dict(type='Pretrained', checkpoint='torchvision://alexnet')
model = dict(backbone=dict(init_cfg=imagenet))
