# Table 8's second step: fine-tune the result of resnet50_clothing1m_50k.py on the clean
# images, with SMP's fine-tuning schedule. Give the checkpoint:
#   --cfg-options load_from=work_dirs/resnet50_clothing1m_50k/epoch_15.pth
_base_ = ['../smp/resnet50_clothing1m_finetune.py']
