# Section 4.3: 69.12. Write the WordNet ids of the classes in their order, one per line:
#   ls data/imagenet/train > data/imagenet/wordnet_ids.txt
# NL_MODEL_A is the path of the checkpoint of baseline/resnet50_imagenet_uniform40.py.
_base_ = [
    '../baseline/resnet50_imagenet_uniform40.py',
    '../_base_/class_graphs/wordnet_ids.py',
]

ids = _base_.data_root + '/wordnet_ids.txt'
graph = dict(
    type='sum', graphs=[dict(part, classes=ids) for part in _base_.both_graphs.graphs]
)
custom_hooks = [
    dict(
        type='SINetHook',
        graph=graph,
        checkpoint='{{$NL_MODEL_A:work_dirs/model_a.pth}}',
        interval=30,
    )
]
