_base_ = ['../baseline/resnet34_cifar10n_worst_jpg.py']

# Not the paper's settings: correction begins when a guard says so (which holds out
# samples), and prototypes come from the densest fifth with a threshold of its own for
# each class. configs/smp/README.md says why.
custom_hooks = [
    dict(
        type='SMPHook',
        start_epoch='auto',
        density_quantile='auto',
        candidate_fraction=0.2,
    )
]
