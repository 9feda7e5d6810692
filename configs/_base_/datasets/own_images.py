# Your own images: one folder per class to train, a table of labels to validate.
#
# `data_root` holds `train/<class>/**/*.jpg` (or .png, ...) and `val.csv`, whose paths
# are relative to `data_root`:
#
#     path,label
#     val/0001.jpg,cat
#
# A table may also have the columns `true_label`, `verification` (1: the label was found
# right, 0: wrong) and `text`. Training and validation can use either form. Write your
# classes below, and their number in the head of the model. Set NL_DATA if the data lies
# elsewhere.
data_root = '{{$NL_DATA:data}}/own_images'

classes = ['cat', 'dog']

data_preprocessor = dict(
    num_classes=len(classes),
    mean=[123.675, 116.28, 103.53],
    std=[58.395, 57.12, 57.375],
    to_rgb=True,
)

train_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='RandomResizedCrop', scale=224),
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(type='PackInputs'),
]
test_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='ResizeEdge', scale=256, edge='short'),
    dict(type='CenterCrop', crop_size=224),
    dict(type='PackInputs'),
]

train_dataloader = dict(
    batch_size=32,
    num_workers=4,
    dataset=dict(
        type='ImageLabels',
        data_root=data_root,
        data_prefix='train',
        classes=classes,
        pipeline=train_pipeline,
    ),
    sampler=dict(type='DefaultSampler', shuffle=True),
)
val_dataloader = dict(
    batch_size=64,
    num_workers=4,
    dataset=dict(
        type='ImageLabels',
        data_root=data_root,
        ann_file='val.csv',
        classes=classes,
        test_mode=True,
        pipeline=test_pipeline,
    ),
    sampler=dict(type='DefaultSampler', shuffle=False),
)
val_evaluator = dict(type='Accuracy', topk=(1,))
test_dataloader = val_dataloader
test_evaluator = val_evaluator
