_base_ = ['../baseline/resnet50_food101n.py']

# The paper's settings, as on Clothing1M; it does not say when correction starts. Here:
# with the first epoch at the lower learning rate. The hook's defaults are the paper's,
# but for the hold-out.
custom_hooks = [dict(type='SMPHook', start_epoch=11, holdout_fraction=0.0)]
