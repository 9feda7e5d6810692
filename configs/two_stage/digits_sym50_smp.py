# Another stage 1: labels are selected by SMP's scores, which say how much nearer a
# sample is to the prototypes of its label than to others (0.5: equally near). With
# alpha 0, SMP itself corrects nothing.
_base_ = ['./digits_sym50.py']

custom_hooks = [
    dict(
        type='SMPHook',
        start_epoch=_base_.switch,
        interval=1000,
        alpha=0.0,
        density_quantile='auto',
        candidate_fraction=0.2,
    ),
    dict(type='StepSeedHook'),
    dict(_base_.selection_hook, scores_from='SMPHook', threshold=0.52),
    dict(type='TermsHook'),
]
