# Table 3's "improved baseline": balanced classes, and a validation set that the network
# refines at half of the training.
_base_ = ['../baseline/thin_resnet14_cifar10_p0.py']

train_dataloader = dict(sampler=dict(type='ClassBalancedSampler'))
selection_hook = dict(
    type='LabelSelectionHook',
    start_epoch=61,
    keep_labels=True,
    refine_validation=True,
)
custom_hooks = [*_base_.plateau_hooks, selection_hook]
