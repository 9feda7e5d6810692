# The weights fall in a straight line.
_base_ = ['./digits_sym50.py']

model = dict(terms=[dict(type='MentorNet', percentile=0.5, width=1.0, start_epoch=4)])
