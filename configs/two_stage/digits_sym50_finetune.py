# Afterwards: fine-tune on the true labels of 100 training images with a small learning
# rate. Give the checkpoint:
#   --cfg-options load_from=work_dirs/digits_sym50/epoch_30.pth
_base_ = ['../baseline/digits_clean.py']

train_dataloader = dict(dataset=dict(indices=100))
optim_wrapper = dict(optimizer=dict(lr=0.001))
param_scheduler = dict(T_max=10)
train_cfg = dict(max_epochs=10)
