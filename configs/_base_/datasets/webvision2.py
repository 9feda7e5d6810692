# WebVision 2.0: 16 M web images of 5,000 classes to train. Set NL_DATA if the data lies
# elsewhere.
_base_ = ['./webvision1.py']

data_root = '{{$NL_DATA:data}}/webvision2'

data_preprocessor = dict(num_classes=5000)

train_dataloader = dict(dataset=dict(data_root=data_root, version='2.0'))
val_dataloader = dict(dataset=dict(data_root=data_root, version='2.0'))
test_dataloader = val_dataloader
