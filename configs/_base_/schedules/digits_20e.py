# As digits_30e.py, for 20 epochs.
_base_ = ['./digits_30e.py']

param_scheduler = dict(T_max=20)
train_cfg = dict(max_epochs=20)
