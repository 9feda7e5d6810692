_base_ = ['./resnet50_clothing1m_soft.py']

# Table 2, for `tools/detect.py` with a checkpoint of another Clothing1M config: learns
# from the 25 k verification labels and is judged by the 7 k of the validation split.
# The images of that split are in the training set here, so do not train with this
# config.
train_dataloader = dict(dataset=dict(split='noisy_and_verified'))
detection_dataset = dict(
    type='Clothing1M',
    data_root=_base_.data_root,
    split='noisy_and_verified',
    verified_by=['clean_val'],
    pipeline=_base_.train_pipeline,
)
