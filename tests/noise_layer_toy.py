"""The toy data and model for runs with a noise layer."""

from toy import NUM_CLASSES, loader, tiny_model, toy

CONFUSION = [[0, 0.8, 0], [0.3, 0, 1], [0.7, 0.2, 0]]  # columns sum to 1


def noise_layer_model(baseline=False, **kwargs):
    """``tiny_model`` with a noise layer; ``baseline`` has no noise types."""
    kind = 'BottomUpHead' if baseline else 'NoiseLayerHead'
    model = dict(
        tiny_model(),
        type='NoiseLayerClassifier',
        noise_layer=dict(type=kind, num_classes=NUM_CLASSES),
    )
    if not baseline:
        model['type_network'] = dict(
            backbone=dict(type='TinyNet'),
            head=dict(type='LinearClsHead', num_classes=3, in_channels=8),
        )
    model.update(kwargs)
    return model


def clean_and_noisy(fraction=0.4, **kwargs):
    """A loader of the toy images, some of them with a clean label."""
    dataset = dict(type='CleanLabels', dataset=toy(**kwargs), fraction=fraction)
    return loader(dataset, sampler=dict(type='CleanNoisySampler'))
