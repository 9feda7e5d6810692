# The paper's weights for CIFAR-10.
_base_ = ['../baseline/digits_sym50.py']

model = dict(
    head=dict(loss=dict(type='SymmetricCrossEntropyLoss', alpha=0.1, beta=1.0))
)
