# Table 8, Noise1M + Clean(50k): the clean training images make the prototypes; the
# million noisy images are weighted and trained on. The schedule is SMP's. The first
# epoch has no weights, since an ImageNet network has no confidence in these classes
# yet.
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
