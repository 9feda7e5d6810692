_base_ = ['../baseline/resnet50_food101n.py']

# The paper's data: 55 k verification labels to learn from, soft weights, 50 reference
# vectors, one network. It gives no schedule: here CleanNet comes with the lower
# learning rates, and after the second round only the classifier's last layer is tuned.
train_dataloader = dict(dataset=dict(verified_by=['verified_train']))
cleannet_hook = dict(type='CleanNetHook', start_epoch=11, interval=10, num_networks=1)
custom_hooks = [cleannet_hook]

# `tools/detect.py` judges by the 5 k verification labels that the paper tests on.
detection_dataset = dict(
    type='Food101N',
    data_root=_base_.data_root,
    split='train',
    verified_by=['verified_val'],
    pipeline=_base_.train_pipeline,
)
