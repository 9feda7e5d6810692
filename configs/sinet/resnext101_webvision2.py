# Table 1, Model-C, a new training. Before it all images are weighted by the features of
# Model-A, baseline/resnext101_webvision2.py; NL_MODEL_A is the path of its checkpoint.
# During it the weights are updated, the paper does not say when; here after 30, 60 and
# 90 epochs, as the learning rate falls. Table 2's CD + HW.
_base_ = [
    '../baseline/resnext101_webvision2.py',
    '../_base_/class_graphs/wordnet_ids.py',
]

sinet_hook = dict(
    type='SINetHook',
    graph=_base_.both_graphs,
    checkpoint='{{$NL_MODEL_A:work_dirs/model_a.pth}}',
    interval=30,
)
custom_hooks = [sinet_hook]
