# CleanNet, Table 3: the clean training images of Food-101 itself.
_base_ = ['./resnet50_food101n.py']

train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='Food101',
        data_root=_base_.val_dataloader.dataset.data_root,
        split='train',
        pipeline=_base_.train_pipeline,
    )
)
