"""A small CleanNetHook on the toy images."""

from toy import loader, toy

NUM_IMAGES = 60


def cleannet_hook(**kwargs):
    small = dict(
        type='CleanNetHook',
        start_epoch=2,
        num_references=6,
        num_folds=2,
        cleannet=dict(hidden_channels=(16, 16), query_channels=16, embed_channels=8),
        training=dict(batch_size=16, max_epochs=4, lr=1e-3),
    )
    return {**small, **kwargs}


def verified_loader(**kwargs):
    """Every other image has a verification label; every fifth label is wrong."""
    return loader(toy(verified=True, num_samples=NUM_IMAGES), **kwargs)
