_base_ = ['./small_cifar10n_worst_soft.py']

# The upper bound: every image is verified, wrong labels have weight 0 from the start
# (Table 6).
train_dataloader = dict(dataset=dict(dataset=dict(share=1.0)))
custom_hooks = [dict(_base_.cleannet_hook, start_epoch=1, use_verification=True)]
