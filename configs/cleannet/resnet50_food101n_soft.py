_base_ = ['../baseline/resnet50_food101n.py']

# The paper's data: 55 k verification labels to learn from; soft weights, 50 reference
# vectors, one network. The paper gives no schedule: here CleanNet runs whenever the
# learning rate falls, and after the second round only the last layer of the classifier
# is trained.
train_dataloader = dict(dataset=dict(verified_by=['verified_train']))
cleannet_hook = dict(type='CleanNetHook', start_epoch=11, interval=10, num_networks=1)
custom_hooks = [cleannet_hook]

# `tools/detect.py` is judged by the 5 k verification labels that the paper tests on.
detection_dataset = dict(
    type='Food101N',
    data_root=_base_.data_root,
    split='train',
    verified_by=['verified_val'],
    pipeline=_base_.train_pipeline,
)
