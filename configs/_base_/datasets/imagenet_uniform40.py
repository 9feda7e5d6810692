# ImageNet with 40 % of the training labels wrong, spread over the other classes (SINet,
# section 4.1), prepared as for WebVision. Set NL_DATA if the data lies elsewhere.
_base_ = ['./webvision1.py']

data_root = '{{$NL_DATA:data}}/imagenet'

train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='NoisyLabels',
        dataset=dict(
            type='ImageNet',
            data_root=data_root,
            split='train',
            pipeline=_base_.train_pipeline,
        ),
        noise=dict(type='imagenet'),
        seed=0,
    )
)
# The labels of the test split are not public: the validation split is reported, and
# nothing is chosen on it.
val_dataloader = dict(dataset=dict(type='ImageNet', data_root=data_root))
test_dataloader = val_dataloader
