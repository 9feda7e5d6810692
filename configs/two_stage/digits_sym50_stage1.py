# Stage 1 as a run of its own: cross entropy, before the network memorises labels.
_base_ = ['../baseline/digits_sym50.py']

param_scheduler = dict(_delete_=True, type='ConstantLR', factor=1.0)
train_cfg = dict(max_epochs=6)
