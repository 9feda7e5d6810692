# Table 9: the graph is the products' tree. 50,030 classes: 10 GB on disk, mapped into
# memory.
_base_ = ['../baseline/resnet50_aliproducts.py']

custom_hooks = [
    dict(
        type='SINetHook',
        graph=dict(type='tree', tree='tree'),
        start_epoch=31,
        interval=10,
    )
]
