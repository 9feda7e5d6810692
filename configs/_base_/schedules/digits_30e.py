# Long enough for the network to memorise wrong labels.
optim_wrapper = dict(
    optimizer=dict(type='SGD', lr=0.02, momentum=0.9, weight_decay=5e-3)
)
param_scheduler = dict(type='CosineAnnealingLR', T_max=30, convert_to_iter_based=True)
train_cfg = dict(by_epoch=True, max_epochs=30, val_interval=1)
val_cfg = dict()
test_cfg = dict()
auto_scale_lr = dict(base_batch_size=64)
