# The teacher has learnt from 500 clean labels, by features_cifar10n_worst_teacher.py;
# NL_TEACHER is the path of its last checkpoint.
_base_ = ['../baseline/feature_mlp_cifar10n_worst.py']

distillation = dict(
    type='Distillation',
    teacher=dict(backbone=_base_.model.backbone, head=_base_.model.head),
    checkpoint='{{$NL_TEACHER:work_dirs/teacher.pth}}',
    label_share=0.3,
)
model = dict(type='NoisyLabelClassifier', terms=[distillation])
custom_hooks = [dict(type='TermsHook')]
