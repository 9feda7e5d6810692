_base_ = ['../baseline/digits_sym50.py']

# Digits by their strokes, written by hand: which have loops, which open curves, which
# straight lines only.
digits_graph = dict(
    type='tree',
    tree=dict(
        curves=dict(loops=['0', '6', '8', '9'], open=['2', '3', '5']),
        lines=['1', '4', '7'],
    ),
)
custom_hooks = [dict(type='SINetHook', graph=digits_graph, start_epoch=4)]
