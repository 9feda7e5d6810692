_base_ = ['./digits_sym50_forward.py']

model = dict(head=dict(loss=dict(type='BackwardCorrectedLoss')))
