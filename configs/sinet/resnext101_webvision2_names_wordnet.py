# Table 2, CN + HW.
_base_ = ['./resnext101_webvision2.py']

graph = dict(type='sum', graphs=[_base_.names_graph, _base_.wordnet_graph])
custom_hooks = [dict(_base_.sinet_hook, graph=graph)]
