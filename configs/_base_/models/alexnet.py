# AlexNet from scratch for 14 classes. Its fully connected layers are in the backbone:
# the head has no weights.
model = dict(
    type='ImageClassifier',
    backbone=dict(type='PretrainedAlexNet', num_classes=14),
    head=dict(type='ClsHead'),
)
