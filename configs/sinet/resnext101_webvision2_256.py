# Section 3.4: fine-tuned with 256 pixels. The paper gives no schedule; here 10 epochs,
# with a tenth of the learning rate after 5. Give the checkpoint:
#   --cfg-options load_from=work_dirs/resnext101_webvision2/epoch_100.pth
_base_ = ['./resnext101_webvision2.py']

train_pipeline = [
    dict(step, scale=256) if step['type'] == 'RandomResizedCrop' else step
    for step in _base_.train_pipeline
]
test_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='ResizeEdge', scale=292, edge='short'),
    dict(type='CenterCrop', crop_size=256),
    dict(type='PackInputs'),
]

train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
optim_wrapper = dict(optimizer=dict(lr=1e-3))
param_scheduler = dict(milestones=[5])
train_cfg = dict(max_epochs=10)
custom_hooks = [dict(_base_.sinet_hook, checkpoint=None, interval=5)]
