# Table 2, HW: the tree of WordNet.
_base_ = ['./resnext101_webvision2.py']

custom_hooks = [dict(_base_.sinet_hook, graph=_base_.wordnet_graph)]
