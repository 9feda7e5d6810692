# Stage 2: a new network, trained on the labels that stage 1, resnet50_clothing1m.py,
# ended with. NL_JOINT_LABELS is the path of its last checkpoint.
_base_ = ['../baseline/resnet50_clothing1m.py']

train_dataloader = dict(batch_size=32)
optim_wrapper = dict(optimizer=dict(lr=5e-4, weight_decay=1e-3))
train_cfg = dict(max_epochs=10)
custom_hooks = [
    dict(
        type='JointOptimizationHook',
        checkpoint='{{$NL_JOINT_LABELS:work_dirs/joint_labels.pth}}',
    )
]
