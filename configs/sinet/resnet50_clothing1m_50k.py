# Table 8, Noise1M + Clean(50k): the clean training images make the prototypes, the
# million noisy ones are weighted and trained on. The schedule is SMP's; the first epoch
# has no weights, since ImageNet's classifier knows no confidence in these classes.
_base_ = [
    '../baseline/resnet50_clothing1m.py',
    '../_base_/class_graphs/clothing1m.py',
]

clean_set = dict(
    type='Clothing1M', data_root=_base_.data_root, split='clean_train', pipeline=[]
)
sinet_hook = dict(
    type='SINetHook', graph=_base_.both_graphs, start_epoch=2, clean_dataset=clean_set
)
custom_hooks = [sinet_hook]
