# Table 8's second step, on the 25 k images that made the prototypes. Give the
# checkpoint:
#   --cfg-options load_from=work_dirs/resnet50_clothing1m_25k/epoch_15.pth
_base_ = ['./resnet50_clothing1m_50k_finetune.py']

train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type='CleanLabels',
        dataset=dict(_base_.train_dataloader.dataset, split='verified_train'),
        fraction=1.0,
    )
)
