# The truncated loss from the epoch on when the network has learnt something.
_base_ = ['./digits_sym50_gce.py']

truncated = dict(type='GeneralizedCrossEntropyLoss', q=0.7, truncate=0.5)
custom_hooks = [
    dict(type='SwitchRecipeHook', schedule=[dict(action_epoch=11, loss=truncated)])
]
