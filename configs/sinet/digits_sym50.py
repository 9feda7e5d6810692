_base_ = ['../baseline/digits_sym50.py', '../_base_/class_graphs/digits.py']

custom_hooks = [dict(type='SINetHook', graph=_base_.digits_graph, start_epoch=4)]
