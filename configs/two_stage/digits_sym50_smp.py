# Another stage 1: labels are selected by SMP's scores, how much nearer a sample is to
# the prototypes of its label than to others (0.5: equally near). With alpha 0 SMP
# itself corrects nothing.
_base_ = ['./digits_sym50.py']

_base_.custom_hooks[1].update(scores_from='SMPHook', threshold=0.52)
custom_hooks = [
    dict(
        type='SMPHook',
        start_epoch=_base_.switch,
        interval=1000,
        alpha=0.0,
        density_quantile='auto',
        candidate_fraction=0.2,
        holdout_fraction=0.0,
    ),
    *_base_.custom_hooks,
]
