_base_ = ['../baseline/digits_sym50.py']

model = dict(head=dict(loss=dict(type='SigmoidLoss')))
