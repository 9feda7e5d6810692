_base_ = ['./digits_sym50_nce_mae.py']

passive = dict(_delete_=True, type='ReverseCrossEntropyLoss')
model = dict(head=dict(loss=dict(passive=passive)))
