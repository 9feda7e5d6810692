# ResNet-50 from ImageNet weights.
_base_ = ['./resnet50.py']

model = dict(
    backbone=dict(init_cfg=dict(type='Pretrained', checkpoint='torchvision://resnet50'))
)
