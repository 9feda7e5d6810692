# Epochs of 14,250 images: in all about as many as in 60 epochs of 10,000.
_base_ = ['./small_60e.py']

param_scheduler = dict(T_max=40)
train_cfg = dict(max_epochs=40)
