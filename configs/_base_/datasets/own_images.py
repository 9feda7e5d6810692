# Your own images, a folder for each class: `data_root/<class>/**/*.jpg` (or .png, ...).
# Set the environment variable NL_IMAGES to that folder.
#
# One image in ten is held out to validate on. Its label may be as wrong as the others',
# so the figure serves to compare settings; it is not the accuracy. If you have labels
# that somebody has checked, validate on those instead, from a table of paths and labels
# below `data_root` (docs/own_images.md), whose classes must be called like the folders:
#
#     val_dataloader = dict(
#         dataset=dict(
#             _delete_=True,
#             type='ImageLabels',
#             data_root=_base_.data_root,
#             ann_file='val.csv',
#             classes=_base_.classes,
#             test_mode=True,
#             pipeline=_base_.test_pipeline,
#         )
#     )
#
# A table of training images is read in the same way.
data_root = '{{$NL_IMAGES:data/own_images}}'

# The names of the folders; of two classes where there is none yet. An import statement
# would make MMEngine read the other dialect of configs.
_folders = next(__import__('os').walk(data_root), ('', ['cat', 'dog'], []))[1]
classes = sorted(name for name in _folders if not name.startswith('.'))
if all(map(str.isdecimal, classes)):
    classes.sort(key=int)
del _folders

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

images = dict(type='ImageLabels', data_root=data_root, classes=classes)
held_out = dict(type='KFoldDataset', fold=0, num_splits=10, seed=0)

train_dataloader = dict(
    batch_size=32,
    num_workers=4,
    dataset=dict(held_out, dataset=dict(images, pipeline=train_pipeline)),
    sampler=dict(type='DefaultSampler', shuffle=True),
)
val_dataloader = dict(
    batch_size=64,
    num_workers=4,
    dataset=dict(
        held_out,
        test_mode=True,
        dataset=dict(images, test_mode=True, pipeline=test_pipeline),
    ),
    sampler=dict(type='DefaultSampler', shuffle=False),
)
val_evaluator = dict(type='Accuracy', topk=(1,))
test_dataloader = val_dataloader
test_evaluator = val_evaluator
