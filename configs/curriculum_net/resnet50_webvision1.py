# The network that parts the classes is baseline/resnet50_webvision1.py, from which this
# run starts, --cfg-options load_from=CHECKPOINT; the paper's is another one, and an
# Inception v2. The next subset follows where the learning rate falls; the authors have
# the whole schedule for each stage, three times as many epochs.
_base_ = ['../baseline/resnet50_webvision1.py']

model = dict(type='NoisyLabelClassifier')  # its loss is that of the images in use
custom_hooks = [
    dict(type='CurriculumHook', start_epoch=1, noisy_epoch=31, highly_noisy_epoch=61)
]
