_base_ = ['../baseline/resnet50_clothing1m_verified.py']

# The paper's data: 25 k verification labels, from the images of clean_train that also
# have a noisy label; soft weights, 50 reference vectors, one network. The paper gives
# no schedule: here CleanNet runs whenever the learning rate falls, and after the second
# round only the last layer of the classifier is trained.
cleannet_hook = dict(type='CleanNetHook', start_epoch=6, interval=5, num_networks=1)
custom_hooks = [cleannet_hook]
