# Scikit-learn's 8x8 digits: 1,437 images to train, 360 to test, nothing to download.
data_preprocessor = dict(num_classes=10, mean=[77.8], std=[95.9])

pipeline = [dict(type='PackInputs')]

train_dataloader = dict(
    batch_size=64,
    num_workers=0,  # the images are in memory already
    persistent_workers=False,
    dataset=dict(type='Digits', split='train', pipeline=pipeline),
    sampler=dict(type='DefaultSampler', shuffle=True),
)
# There is no validation split. The test split is reported; nothing is chosen on it.
val_dataloader = dict(
    batch_size=360,
    num_workers=0,
    persistent_workers=False,
    dataset=dict(type='Digits', split='test', pipeline=pipeline),
    sampler=dict(type='DefaultSampler', shuffle=False),
)
val_evaluator = dict(type='Accuracy', topk=(1,))
test_dataloader = val_dataloader
test_evaluator = val_evaluator
