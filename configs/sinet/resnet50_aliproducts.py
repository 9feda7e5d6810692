# Table 9: the graph is the product tree. With 50,030 classes it takes 10 GB on disk,
# and is mapped into memory.
_base_ = ['../baseline/resnet50_aliproducts.py']

custom_hooks = [
    dict(
        type='SINetHook',
        graph=dict(type='tree', tree='tree'),
        start_epoch=31,
        interval=10,
    )
]
