# A linear classifier of the 1,280 features of EfficientNet-Lite.
model = dict(
    type='ImageClassifier',
    backbone=dict(type='FeatureVectors', in_channels=1280),
    head=dict(type='LinearClsHead', num_classes=10, in_channels=1280),
)
