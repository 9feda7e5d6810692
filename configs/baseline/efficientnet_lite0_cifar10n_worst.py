_base_ = [
    '../_base_/models/efficientnet_lite0_frozen.py',
    '../_base_/datasets/cifar10n_worst_128.py',
    '../_base_/schedules/features_30e.py',
    '../_base_/default_runtime.py',
]

# The first 10,000 training images; the full test split. `tools/extract.py` writes the
# features; training the head on them is the same, and a hundred times faster.
train_dataloader = dict(dataset=dict(indices=10000))
data_preprocessor = dict(_base_.lite_inputs)
model = dict(head=dict(num_classes=10))
