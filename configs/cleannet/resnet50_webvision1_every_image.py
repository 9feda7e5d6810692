# Table 6, every-image: --per-class 1000000. The weights are the verification labels.
_base_ = ['./resnet50_webvision1_all_1000.py']

train_dataloader = dict(
    dataset=dict(file='{{$NL_DATA:data}}/webvision1/verified_every_image.csv')
)
custom_hooks = [dict(_base_.cleannet_hook, use_verification=True, interval=None)]
