_base_ = ['./thin_resnet14_cifar10_p0.py']

noisy = dict(dataset=dict(dataset=dict(noise=dict(type='cifar10', rate=0.2))))
train_dataloader = noisy
val_dataloader = noisy
