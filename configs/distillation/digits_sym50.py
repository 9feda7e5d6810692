# The teacher learns from the true labels of 200 images. Train it first:
#   python tools/train.py configs/baseline/digits_clean.py \
#       --work-dir work_dirs/digits_teacher \
#       --cfg-options train_dataloader.dataset.indices=200
_base_ = ['../baseline/digits_sym50.py']

teacher = dict(
    backbone=_base_.model.backbone, neck=_base_.model.neck, head=_base_.model.head
)
distillation = dict(
    type='Distillation',
    teacher=teacher,
    checkpoint='work_dirs/digits_teacher/epoch_30.pth',
    label_share=0.3,
)
model = dict(type='NoisyLabelClassifier', terms=[distillation])
custom_hooks = [dict(type='TermsHook')]
