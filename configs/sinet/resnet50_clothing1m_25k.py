# Table 8, Noise1M + Clean(25k): 25 k clean images make the prototypes; the million
# noisy images are weighted and trained on. The paper uses CleanNet's data: its 25 k
# images are the clean training images that also have a noisy label. Here they have
# their clean label. The schedule is SMP's.
_base_ = ['./resnet50_clothing1m_50k.py']

clean_set = dict(
    type='CleanLabels',
    dataset=dict(_base_.clean_set, split='verified_train'),
    fraction=1.0,
    pipeline=[dict(type='PackInputs')],
)
custom_hooks = [dict(_base_.sinet_hook, clean_dataset=clean_set)]
