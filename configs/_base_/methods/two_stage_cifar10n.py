# What the two-stage configs of CIFAR-10N share.
pi_model = dict(
    type='PiModelClassifier',
    consistency=dict(type='ConsistencyLoss', loss_weight=20.0),
    noise=dict(type='GaussianNoise', std=0.15),
)
two_views = [
    dict(
        type='MultiView',
        num_views=2,
        transforms=[
            [
                dict(type='RandomCrop', crop_size=32, padding=4),
                dict(type='RandomFlip', prob=0.5, direction='horizontal'),
            ]
        ],
    ),
    dict(type='PackInputs'),
]
half_labeled = dict(type='LabeledUnlabeledSampler', balance_classes=True)
