# Cross entropy on your own images: NL_IMAGES=my_images nl-plugins train
# nl_plugins::own_images/baseline.py
_base_ = [
    '../_base_/models/efficientnet_lite0.py',
    '../_base_/datasets/own_images.py',
    '../_base_/schedules/finetune_15e.py',
    '../_base_/default_runtime.py',
]

data_preprocessor = dict(_base_.lite_inputs)
model = dict(head=dict(num_classes=_base_.data_preprocessor.num_classes))
