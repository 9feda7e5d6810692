# Forward correction with the transition that made the noise: what a perfect estimate
# would give.
_base_ = ['../baseline/digits_sym50.py']

transition = [[0.5 if i == j else 0.5 / 9 for j in range(10)] for i in range(10)]
forward = dict(type='ForwardCorrectedLoss', num_classes=10, transition=transition)
model = dict(head=dict(loss=forward))
