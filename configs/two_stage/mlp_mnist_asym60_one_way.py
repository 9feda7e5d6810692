_base_ = ['./mlp_mnist_p0.py']

noisy = dict(dataset=dict(dataset=dict(noise=dict(type='mnist_one_way', rate=0.6))))
train_dataloader = noisy
val_dataloader = noisy
