# The recipe: soft labels from scores on the pretrained features, before the labels have
# shaped them.
_base_ = ['./baseline.py']

custom_hooks = [dict(type='LabelPosteriorHook')]
