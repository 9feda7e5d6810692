# Model-C as in the paper: a new training, whose images were weighted before it by the
# features of Model-A, baseline/digits_sym50.py. NL_MODEL_A is the path of its
# checkpoint.
_base_ = ['./digits_sym50.py']

sinet_hook = dict(
    type='SINetHook',
    graph=_base_.digits_graph,
    checkpoint='{{$NL_MODEL_A:work_dirs/model_a.pth}}',
    interval=10,
)
custom_hooks = [sinet_hook]
