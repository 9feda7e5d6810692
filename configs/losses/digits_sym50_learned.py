# The transition is learned with the network.
_base_ = ['../baseline/digits_sym50.py']

model = dict(head=dict(loss=dict(type='LearnedTransitionLoss', num_classes=10)))
