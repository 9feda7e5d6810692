_base_ = ['./mlp_mnist_p0_corrected.py']

noisy = dict(dataset=dict(dataset=dict(noise=dict(type='mnist', rate=0.6))))
train_dataloader = noisy
val_dataloader = noisy
