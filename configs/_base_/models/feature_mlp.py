# Two layers on the 1,280 features of EfficientNet-Lite.
model = dict(
    type='ImageClassifier',
    backbone=dict(type='FeatureVectors', in_channels=1280, dropout=0.2),
    head=dict(
        type='StackedLinearClsHead',
        num_classes=10,
        in_channels=1280,
        mid_channels=[512],
        dropout_rate=0.5,
        norm_cfg=dict(type='BN1d'),
    ),
)
