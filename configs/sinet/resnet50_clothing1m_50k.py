# Table 8, Noise1M + Clean(50k): the clean training images make the prototypes; by these
# the million noisy images are weighted before a new training, on the features of
# Model-A, baseline/resnet50_clothing1m.py; NL_MODEL_A is the path of its checkpoint.
# The schedule is SMP's, and the weights are updated as the learning rate falls.
_base_ = [
    '../baseline/resnet50_clothing1m.py',
    '../_base_/class_graphs/clothing1m.py',
]

clean_set = dict(
    type='Clothing1M', data_root=_base_.data_root, split='clean_train', pipeline=[]
)
sinet_hook = dict(
    type='SINetHook',
    graph=_base_.both_graphs,
    clean_dataset=clean_set,
    checkpoint='{{$NL_MODEL_A:work_dirs/model_a.pth}}',
    interval=5,
)
custom_hooks = [sinet_hook]
