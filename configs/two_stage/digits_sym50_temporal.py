# With temporal ensembling instead of a second pass.
_base_ = ['./digits_sym50.py']

model = dict(terms=[dict(_base_.term, type='TemporalEnsembling')])
