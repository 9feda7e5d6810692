# Without a pretrained network: posteriors from the features of the network itself, as
# they are after six epochs, before it memorises labels.
_base_ = ['../baseline/digits_sym50.py']

custom_hooks = [dict(type='LabelPosteriorHook', start_epoch=7)]
