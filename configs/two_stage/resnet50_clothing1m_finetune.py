# Table 4, rows 12 and 13: fine-tune on the 50 k clean training images "with a very
# small learning rate"; the paper gives none. Give the checkpoint:
#   --cfg-options load_from=work_dirs/resnet50_clothing1m/epoch_100.pth
_base_ = ['../smp/resnet50_clothing1m_finetune.py']
