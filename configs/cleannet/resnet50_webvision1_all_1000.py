# Table 6, all-1000: 250 images of each class are verified by a network that was trained
# on ImageNet, in data/webvision1:
#   python tools/verify.py configs/baseline/resnet50_webvision1.py --per-class 250
#       --judge MODEL --out verified_all_1000.csv
# with a model of MMPretrain for MODEL. The paper gives no schedule: here SINet's, and
# CleanNet runs whenever the learning rate falls. After the second round only the last
# layer of the classifier is trained.
_base_ = ['../baseline/resnet50_webvision1.py']

train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='VerificationLabels',
        dataset=_base_.train_dataloader.dataset,
        file='{{$NL_DATA:data}}/webvision1/verified_all_1000.csv',
    )
)
cleannet_hook = dict(type='CleanNetHook', start_epoch=31, interval=30, num_networks=1)
custom_hooks = [cleannet_hook]
