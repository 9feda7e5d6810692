# About half of the verified images have the label of the class that they show: these
# are the clean labels.
_base_ = ['../baseline/digits_sym50_verified.py']

# Before the network has memorised its labels.
custom_hooks = [dict(type='LabelPropagationHook', start_epoch=4, neighbours=10)]
