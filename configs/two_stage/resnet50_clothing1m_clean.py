# Table 4, row 8: the labels are chosen with the help of the 50 k clean training images,
# which are labelled images of stage 2 as well.
_base_ = ['./resnet50_clothing1m.py']

clean_set = dict(
    type='Clothing1M',
    data_root=_base_.data_root,
    split='clean_train',
    pipeline=_base_.test_pipeline,
)
train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='CleanLabels',
        dataset=_base_.train_dataloader.dataset,
        clean=dict(_base_.train_dataloader.dataset, split='clean_train'),
    )
)
custom_hooks = [
    dict(type='StepSeedHook'),
    dict(_base_.selection_hook, clean_dataset=clean_set),
    *_base_.training_hooks,
]
