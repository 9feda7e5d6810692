_base_ = [
    '../_base_/models/resnet50_imagenet.py',
    '../_base_/datasets/food101n.py',
    '../_base_/schedules/clothing1m_15e.py',
    '../_base_/default_runtime.py',
]

model = dict(head=dict(num_classes=101))
# SMP, section 4: 30 epochs, a tenth of the learning rate every 10.
param_scheduler = dict(step_size=10)
train_cfg = dict(max_epochs=30)
