# The paper's third setting: fine-tune the result of resnet50_clothing1m.py on the 50 k
# clean training images with plain cross entropy. The paper gives no schedule; here a
# tenth of the learning rate, divided by 10 after 5 of 10 epochs. Give the checkpoint:
#   --cfg-options load_from=work_dirs/resnet50_clothing1m/epoch_15.pth
_base_ = ['../baseline/resnet50_clothing1m.py']

train_dataloader = dict(dataset=dict(split='clean_train'))
optim_wrapper = dict(optimizer=dict(lr=2e-4))
param_scheduler = dict(_delete_=True, type='MultiStepLR', by_epoch=True, milestones=[5])
train_cfg = dict(max_epochs=10)
