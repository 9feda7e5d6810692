_base_ = ['../baseline/digits_sym50.py']

# The digits by their strokes, a graph written by hand: some have loops, some open
# curves, some only straight lines.
digits_graph = dict(
    type='tree',
    tree=dict(
        curves=dict(loops=['0', '6', '8', '9'], open=['2', '3', '5']),
        lines=['1', '4', '7'],
    ),
)
custom_hooks = [dict(type='SINetHook', graph=digits_graph, start_epoch=4)]
