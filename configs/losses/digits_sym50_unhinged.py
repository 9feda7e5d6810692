# The loss has no lower bound. With a small weight, weight decay bounds the logits.
_base_ = ['../baseline/digits_sym50.py']

model = dict(head=dict(loss=dict(type='UnhingedLoss', loss_weight=0.1)))
