# A head on features. The test split is as large as the training set, so it is evaluated
# only every 5 epochs.
optim_wrapper = dict(optimizer=dict(type='AdamW', lr=0.001, weight_decay=1e-4))
param_scheduler = dict(type='CosineAnnealingLR', T_max=30, convert_to_iter_based=True)
train_cfg = dict(by_epoch=True, max_epochs=30, val_interval=5)
val_cfg = dict()
test_cfg = dict()
auto_scale_lr = dict(base_batch_size=128)
