# Two epochs on all labels for the features, then the three stages. At the paper's 0.6
# the densest image of a class of which half is wrong lies between the clusters.
_base_ = ['../baseline/digits_sym50.py']

custom_hooks = [
    dict(
        type='CurriculumHook',
        start_epoch=3,
        near_share=0.3,
        noisy_epoch=11,
        highly_noisy_epoch=21,
    )
]
