# Table 7, a new training, as resnext101_webvision2.py. NL_MODEL_A is the path of the
# checkpoint of baseline/resnet50_webvision1.py.
_base_ = [
    '../baseline/resnet50_webvision1.py',
    '../_base_/class_graphs/wordnet_ids.py',
]

custom_hooks = [
    dict(
        type='SINetHook',
        graph=_base_.both_graphs,
        checkpoint='{{$NL_MODEL_A:work_dirs/model_a.pth}}',
        interval=30,
    )
]
