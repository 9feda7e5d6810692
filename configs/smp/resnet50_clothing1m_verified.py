# The paper's second setting: 25 k images have verification labels. The network trains
# on noisy labels only; the prototypes come from the images whose label is right.
_base_ = ['./resnet50_clothing1m.py']

train_dataloader = dict(
    dataset=dict(split='noisy_and_verified_train', verified_by=['clean_train'])
)
