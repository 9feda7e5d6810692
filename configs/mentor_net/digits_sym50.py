# The losses of half of each batch lie below the threshold, as many as labels are right.
_base_ = ['../baseline/digits_sym50.py']

model = dict(
    type='NoisyLabelClassifier',
    terms=[dict(type='MentorNet', percentile=0.5, start_epoch=4)],
)
custom_hooks = [dict(type='TermsHook')]
