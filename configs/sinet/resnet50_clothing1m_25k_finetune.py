# The same on the 25 k images that made the prototypes. Give the checkpoint:
#   --cfg-options load_from=work_dirs/resnet50_clothing1m_25k/epoch_15.pth
_base_ = ['./resnet50_clothing1m_50k_finetune.py']

train_dataloader = dict(dataset=dict(indices=25000))
