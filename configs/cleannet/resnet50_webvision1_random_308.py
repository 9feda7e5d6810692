# Table 6, random-308: 308 classes at random, --classes 308.
_base_ = ['./resnet50_webvision1_all_1000.py']

train_dataloader = dict(
    dataset=dict(file='{{$NL_DATA:data}}/webvision1/verified_random_308.csv')
)
