# Food-101N: 310 k web images to train, the test split of Food-101. The folders are
# those of the two archives. Set NL_DATA if the data lies elsewhere.
_base_ = ['./clothing1m.py']

data_root = '{{$NL_DATA:data}}/Food-101N_release'

data_preprocessor = dict(num_classes=101)

train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='Food101N',
        data_root=data_root,
        split='train',
        verified_by=[],
        pipeline=_base_.train_pipeline,
    )
)
# There is no validation split. The test split is reported; nothing is chosen on it.
val_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='Food101',
        data_root='{{$NL_DATA:data}}/food-101',
        split='test',
        pipeline=_base_.test_pipeline,
    )
)
test_dataloader = val_dataloader
