"""Toy runs of the two-stage method."""

from toy import NUM_CLASSES, build, loader, toy

CHANNELS, SIDE = 3, 8


def pi_model(**changes):
    """A network with dropout, batch norm and input noise for toy images."""
    model = dict(
        type='NoisyLabelClassifier',
        backbone=dict(
            type='ThinResNet_CIFAR',
            dropout=0.2,
            stem_channels=4,
            base_channels=4,
        ),
        neck=dict(type='GlobalAveragePooling'),
        head=dict(type='LinearClsHead', num_classes=NUM_CLASSES, in_channels=16),
        noise=dict(type='GaussianNoise', std=0.1),
        data_preprocessor=dict(
            mean=[100.0] * CHANNELS, std=[60.0] * CHANNELS, num_classes=NUM_CLASSES
        ),
    )
    return {**model, **changes}


def two_stage(
    work_dir, hooks=(), switch=3, epochs=5, consistency=None, by_epoch=True, **changes
):
    """A runner: stage 1, and from the epoch ``switch`` on stage 2 with a term."""
    term = dict(
        type='PiConsistency',
        consistency=dict(type='ConsistencyLoss', loss_weight=5.0),
        start_epoch=switch,
    )
    settings = dict(
        model=pi_model(),
        train_dataloader=loader(
            toy(size=SIDE),
            sampler=dict(type='LabeledUnlabeledSampler', balance_classes=True, seed=0),
        ),
        val_dataloader=loader(
            toy(size=SIDE, test_mode=True),
            sampler=dict(type='DefaultSampler', shuffle=False),
        ),
        train_cfg=dict(by_epoch=True, max_epochs=epochs, val_interval=100),
    )
    hooks = [
        dict(type='StepSeedHook'),
        dict(
            type='LabelSelectionHook',
            start_epoch=switch,
            min_fraction=0.3,
            by_epoch=by_epoch,
        ),
        dict(type='TermsHook', by_epoch=by_epoch),
        *hooks,
    ]
    settings.update(changes)
    settings['model']['terms'] = [dict(term, **(consistency or {}))]
    return build(work_dir, hooks, **settings)
