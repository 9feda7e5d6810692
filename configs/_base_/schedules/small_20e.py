# Epochs of 14,250 images: in all about as many as in 30 epochs of 10,000.
_base_ = ['./small_30e.py']

param_scheduler = dict(T_max=20)
train_cfg = dict(max_epochs=20)
