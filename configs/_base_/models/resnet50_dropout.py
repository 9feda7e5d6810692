# SINet, section 3.4: ResNet-50 with dropout behind the pooling.
_base_ = ['./resnet50.py']

model = dict(neck=dict(type='DropoutPooling', ratio=0.25))
