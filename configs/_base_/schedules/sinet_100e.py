# SINet, section 3.4: batches of 2,500, learning rate 0.1, a tenth of it after 30, 60,
# 80 and 90 epochs. Momentum and weight decay are not given; here MMPretrain's for
# ImageNet.
optim_wrapper = dict(
    optimizer=dict(type='SGD', lr=0.1, momentum=0.9, weight_decay=1e-4)
)
param_scheduler = dict(type='MultiStepLR', milestones=[30, 60, 80, 90], gamma=0.1)
train_cfg = dict(by_epoch=True, max_epochs=100, val_interval=1)
val_cfg = dict()
test_cfg = dict()
auto_scale_lr = dict(base_batch_size=2500)
