_base_ = [
    '../_base_/models/mlp_mnist.py',
    '../_base_/datasets/mnist_split.py',
    '../_base_/schedules/ding_mnist_40e.py',
    '../_base_/default_runtime.py',
]
