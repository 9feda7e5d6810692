# Table 8, Noise1M + Clean(25k): 25 k clean images make the prototypes, the million
# noisy ones are weighted and trained on. Which 25 k the paper takes it does not say;
# here the first of the 47,570. The schedule is SMP's.
_base_ = ['./resnet50_clothing1m_50k.py']

clean_set = dict(_base_.clean_set, indices=25000)
custom_hooks = [
    dict(
        type='SINetHook',
        graph=_base_.both_graphs,
        start_epoch=2,
        clean_dataset=clean_set,
    )
]
