_base_ = ['../baseline/digits_sym50.py']

# This network memorises wrong labels, so the corrected labels replace the given ones
# (the paper has alpha 0.5, with networks that do not memorise).
smp_hook = dict(
    type='SMPHook',
    start_epoch=6,
    alpha=1.0,
    density_quantile='auto',
    candidate_fraction=0.2,
    holdout_fraction=0.1,
)
custom_hooks = [smp_hook]
