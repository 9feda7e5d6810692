# Tests a ResNet-50 that was trained on WebVision 1.0 on ImageNet's validation images,
# by whatever method: `python tools/test.py` with this config and the checkpoint.
_base_ = ['./resnet50_webvision1.py']

test_dataloader = dict(
    dataset=dict(type='ImageNet', data_root='{{$NL_DATA:data}}/imagenet')
)
