_base_ = [
    '../baseline/resnet50_webvision2.py',
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
