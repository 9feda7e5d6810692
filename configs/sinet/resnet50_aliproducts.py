# Table 9: the graph is the product tree. With 50,030 classes it takes 10 GB on disk,
# and is mapped into memory. NL_MODEL_A is the path of the checkpoint of
# baseline/resnet50_aliproducts.py.
_base_ = ['../baseline/resnet50_aliproducts.py']

custom_hooks = [
    dict(
        type='SINetHook',
        graph=dict(type='tree', tree='tree'),
        checkpoint='{{$NL_MODEL_A:work_dirs/model_a.pth}}',
        interval=30,
    )
]
