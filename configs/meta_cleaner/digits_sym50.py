_base_ = ['../baseline/digits_sym50.py']

model = dict(
    type='NoisyLabelClassifier', terms=[dict(type='MetaCleaner', in_channels=64)]
)
