# From baseline/resnet50_aliproducts.py, as resnet50_webvision1.py.
_base_ = ['../baseline/resnet50_aliproducts.py']

model = dict(type='NoisyLabelClassifier')  # its loss is that of the images in use
custom_hooks = [
    dict(type='CurriculumHook', start_epoch=1, noisy_epoch=31, highly_noisy_epoch=61)
]
