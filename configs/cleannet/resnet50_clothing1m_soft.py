_base_ = ['../baseline/resnet50_clothing1m.py']

# The paper's data: 25 k verification labels from images of clean_train that have a
# noisy label too, soft weights, 50 reference vectors, one network. It gives no
# schedule: here CleanNet comes with the lower learning rates, and after the second
# round only the classifier's last layer is tuned.
train_dataloader = dict(
    dataset=dict(split='noisy_and_verified_train', verified_by=['clean_train'])
)
cleannet_hook = dict(type='CleanNetHook', start_epoch=6, interval=5, num_networks=1)
custom_hooks = [cleannet_hook]
