# Table 2, CD: the descriptions of the classes.
_base_ = ['./resnext101_webvision2.py']

custom_hooks = [dict(_base_.sinet_hook, graph=_base_.gloss_graph)]
