# Backward correction with the transition that made the noise.
_base_ = ['./digits_sym50_forward_true.py']

model = dict(head=dict(loss=dict(type='BackwardCorrectedLoss')))
