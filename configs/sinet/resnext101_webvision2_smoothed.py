# Section 3.4: labels smoothed towards the predictions of a model that was trained on
# the images of high confidence, resnext101_webvision2_confident.py. NL_CONFIDENT_MODEL
# is the path of its checkpoint.
_base_ = ['./resnext101_webvision2.py']

custom_hooks = [
    dict(
        type='TopKSmoothingHook',
        checkpoint='{{$NL_CONFIDENT_MODEL:work_dirs/confident.pth}}',
    ),
    _base_.sinet_hook,
]
