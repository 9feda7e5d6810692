_base_ = ['./thin_resnet14_cifar10_p0_forward.py']

model = dict(head=dict(loss=dict(type='BackwardCorrectedLoss')))
