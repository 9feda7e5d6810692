_base_ = ['../baseline/resnet50_food101n.py']

# The paper's settings, as on Clothing1M. It does not say when correction begins; here
# in the first epoch with the lower learning rate. The defaults of the hook are the
# paper's.
custom_hooks = [dict(type='SMPHook', start_epoch=11)]
