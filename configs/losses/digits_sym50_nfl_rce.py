_base_ = ['./digits_sym50_nce_rce.py']

model = dict(head=dict(loss=dict(active=dict(gamma=0.5))))
