# The same, and only the head is trained.
_base_ = ['./efficientnet_lite0.py']

model = dict(backbone=dict(frozen=True))
