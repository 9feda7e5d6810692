# The stages apart. Stage 1: cross entropy, before the network learns labels by heart.
_base_ = ['../baseline/digits_sym50.py']

param_scheduler = dict(_delete_=True, type='ConstantLR', factor=1.0)
train_cfg = dict(max_epochs=6)
