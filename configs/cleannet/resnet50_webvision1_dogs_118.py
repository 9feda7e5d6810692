# Table 6, dogs-118: the dogs, --below dog.n.01.
_base_ = ['./resnet50_webvision1_all_1000.py']

train_dataloader = dict(
    dataset=dict(file='{{$NL_DATA:data}}/webvision1/verified_dogs_118.csv')
)
