# The upper bound: every image is verified, wrong labels have weight 0 from the start.
_base_ = ['../baseline/digits_sym50_verified.py']

train_dataloader = dict(dataset=dict(share=1.0))
custom_hooks = [dict(type='CleanNetHook', start_epoch=1, use_verification=True)]
