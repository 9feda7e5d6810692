# SMP, section 4: learning rate 0.002, a tenth of it every 5 epochs.
optim_wrapper = dict(
    optimizer=dict(type='SGD', lr=0.002, momentum=0.9, weight_decay=5e-3)
)
param_scheduler = dict(type='StepLR', step_size=5, gamma=0.1)
train_cfg = dict(by_epoch=True, max_epochs=15, val_interval=1)
val_cfg = dict()
test_cfg = dict()
auto_scale_lr = dict(base_batch_size=128)
