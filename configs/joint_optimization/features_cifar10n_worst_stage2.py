# Stage 2: a new network, trained on the labels that stage 1 ended with.
# NL_JOINT_LABELS is the path of its last checkpoint.
_base_ = ['../baseline/feature_mlp_cifar10n_worst.py']

custom_hooks = [
    dict(
        type='JointOptimizationHook',
        checkpoint='{{$NL_JOINT_LABELS:work_dirs/joint_labels.pth}}',
    )
]
