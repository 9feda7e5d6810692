# Section 3.4: labels smoothed towards the predictions of a model that was trained on
# the images of high confidence, resnext101_webvision2_confident.py. Its checkpoint:
# NL_CONFIDENT_MODEL.
_base_ = ['./resnext101_webvision2.py']

custom_hooks = [
    dict(
        type='TopKSmoothingHook',
        checkpoint='{{$NL_CONFIDENT_MODEL:work_dirs/confident.pth}}',
    ),
    dict(type='SINetHook', graph=_base_.both_graphs, start_epoch=31, interval=10),
]
