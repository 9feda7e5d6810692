# The paper's second setting: labels from people tell of 25 k images whether their noisy
# label is right. The network trains on noisy labels only; prototypes come from the
# images whose label is.
_base_ = ['./resnet50_clothing1m.py']

train_dataloader = dict(
    dataset=dict(split='noisy_and_verified_train', verified_by=['clean_train'])
)
