# Patrini et al. normalise the last layer for this loss, which is not bounded below, and
# for the sigmoid loss: ClsHead gives the neck's output to the loss as it is.
# In their program both are losses of the label's logit alone.
_base_ = ['../baseline/mlp_mnist_p0.py']

loss = dict(type='UnhingedLoss', pairwise=False)
model = dict(
    neck=dict(type='LinearNeck', in_channels=128, out_channels=10),
    head=dict(_delete_=True, type='ClsHead', loss=loss),
)
