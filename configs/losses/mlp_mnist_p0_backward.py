_base_ = ['./mlp_mnist_p0_forward.py']

model = dict(head=dict(loss=dict(type='BackwardCorrectedLoss')))
