# The images of resnet50_clothing1m.py and those of clean_train that also have a noisy
# label: what the methods with 25 k verification labels train on. Cross entropy does not
# look at the verification labels.
_base_ = ['./resnet50_clothing1m.py']

train_dataloader = dict(
    dataset=dict(split='noisy_and_verified_train', verified_by=['clean_train'])
)
