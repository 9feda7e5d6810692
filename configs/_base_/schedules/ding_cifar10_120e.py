# Ding et al., section 4.2; they give no weight decay.
_base_ = ['./ding_mnist_40e.py']

optim_wrapper = dict(
    optimizer=dict(_delete_=True, type='SGD', lr=0.1, momentum=0.9, weight_decay=1e-4)
)
train_cfg = dict(max_epochs=120)
