# Stage 2: a new network, trained on the labels that stage 1 ended with.
_base_ = ['../baseline/digits_sym50.py']

custom_hooks = [
    dict(
        type='JointOptimizationHook',
        checkpoint='work_dirs/joint_digits_sym50/epoch_30.pth',
    )
]
