# Afterwards: fine-tune on the true labels of the first 1,000 training images, with a
# small learning rate. Give the checkpoint:
#   --cfg-options load_from=work_dirs/mlp_mnist_asym60/epoch_80.pth
_base_ = ['../baseline/mlp_mnist_asym60.py']

train_dataloader = dict(
    dataset=dict(
        dataset=dict(
            _delete_=True,
            type='MNIST',
            data_root=_base_.data_root,
            download=False,
            pipeline=_base_.pipeline,
            indices=1000,
        )
    )
)
optim_wrapper = dict(optimizer=dict(_delete_=True, type='SGD', lr=0.01, momentum=0.9))
param_scheduler = dict(_delete_=True, type='ConstantLR', factor=1.0)
train_cfg = dict(max_epochs=20)
