# AliProducts: 2.5 M web images of 50,030 products to train, prepared as for WebVision.
# `data_root` holds `train/`, `val/` and the JSON files. Set NL_DATA if the data lies
# elsewhere.
_base_ = ['./webvision1.py']

data_root = '{{$NL_DATA:data}}/aliproducts'

data_preprocessor = dict(num_classes=50030)

train_dataloader = dict(dataset=dict(type='AliProducts', data_root=data_root))
# The labels of the test split are not public: the validation split is reported, and
# nothing is chosen on it.
val_dataloader = dict(dataset=dict(type='AliProducts', data_root=data_root))
val_evaluator = dict(topk=(1,))
test_dataloader = val_dataloader
test_evaluator = val_evaluator
