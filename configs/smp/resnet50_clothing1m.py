_base_ = ['../baseline/resnet50_clothing1m.py']

# The paper's settings (section 4). It does not say when correction begins; here in the
# first epoch with the lower learning rate. The defaults of the hook are the paper's
# (alpha 0.5, m 1280, p 8, quantile 0.6, eta below 0.95).
custom_hooks = [dict(type='SMPHook', start_epoch=6)]
