# Xiao et al., section 5.2: learning rate 0.001, a tenth of it every 50,000 iterations,
# until convergence; here 150,000 iterations. Momentum, weight decay and batch size are
# those of Caffe's AlexNet.
optim_wrapper = dict(
    optimizer=dict(type='SGD', lr=0.001, momentum=0.9, weight_decay=5e-4)
)
param_scheduler = dict(type='StepLR', by_epoch=False, step_size=50000, gamma=0.1)
train_cfg = dict(by_epoch=True, max_epochs=26, val_interval=1)
val_cfg = dict()
test_cfg = dict()
auto_scale_lr = dict(base_batch_size=256)
