# Not the paper's settings: a guard, which holds out samples, decides when correction
# begins. Prototypes come from the densest fifth of a class's samples, with a density
# threshold for each class. configs/smp/README.md says why.
custom_hooks = [
    dict(
        type='SMPHook',
        start_epoch='auto',
        density_quantile='auto',
        candidate_fraction=0.2,
    )
]
