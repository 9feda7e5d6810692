# Row 6 of the paper's Table 1, first part: p(z|x) is trained; p(y|x) stays model 2.
_base_ = [
    '../_base_/models/alexnet.py',
    '../_base_/datasets/clothing1m_clean.py',
    '../_base_/schedules/alexnet_26e.py',
    '../_base_/default_runtime.py',
]

# p(y|x) and p(z|x) are two networks of the same kind, both from ImageNet weights.
imagenet = dict(type='Pretrained', checkpoint='torchvision://alexnet')
network = dict(_base_.model.backbone, init_cfg=imagenet)
model = dict(
    type='NoiseLayerClassifier',
    backbone=network,
    noise_layer=dict(type='NoiseLayerHead', num_classes=14),
    type_network=dict(backbone=dict(network, num_classes=3), head=_base_.model.head),
)
train_dataloader = dict(batch_size=256)
custom_hooks = [dict(type='NoiseLayerHook', phases=dict(types=1))]
find_unused_parameters = True  # p(y|x) is not trained
load_from = 'work_dirs/alexnet_clothing1m_2_clean_pretrained/epoch_26.pth'
