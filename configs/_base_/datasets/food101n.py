# Food-101N: 310 k web images to train, the test split of Food-101.
#
# For now the splits are annotation lists, `path label` per line, in `data_root`:
# `train.txt` (`Food-101N_release/images/...`) and `test.txt` (`food-101/images/...`),
# with the labels numbered as in Food-101's `classes.txt`. Another place: set NL_DATA.
_base_ = ['./clothing1m.py']

data_root = '{{$NL_DATA:data}}/food101n'

data_preprocessor = dict(num_classes=101)

train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='CustomDataset',
        data_root=data_root,
        ann_file='train.txt',
        pipeline=_base_.train_pipeline,
    )
)
# There is no validation split: the test split is reported, never used to choose.
val_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='CustomDataset',
        data_root=data_root,
        ann_file='test.txt',
        test_mode=True,
        pipeline=_base_.test_pipeline,
    )
)
test_dataloader = val_dataloader
