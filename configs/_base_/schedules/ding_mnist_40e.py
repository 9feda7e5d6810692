# Ding et al., section 4.2, except for the initial learning rate: theirs is 0.1, with
# which AdaGrad ends at a lower accuracy.
optim_wrapper = dict(optimizer=dict(type='Adagrad', lr=0.01))
param_scheduler = dict(
    type='ReduceOnPlateauLR',
    monitor='validation/top1',
    rule='greater',
    factor=0.5,
    patience=9,  # ten epochs without an improvement
    min_value=1e-7,
)
train_cfg = dict(by_epoch=True, max_epochs=40, val_interval=1)
val_cfg = dict()
test_cfg = dict()
auto_scale_lr = dict(base_batch_size=128)
plateau_hooks = [dict(type='ValidateResumedHook'), dict(type='ReportTestSplitHook')]
custom_hooks = plateau_hooks
