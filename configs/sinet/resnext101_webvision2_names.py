# Table 2, CN: the names of the classes.
_base_ = ['./resnext101_webvision2.py']

custom_hooks = [dict(_base_.sinet_hook, graph=_base_.names_graph)]
