_base_ = [
    '../_base_/models/lenet5.py',
    '../_base_/datasets/mnist_sym50.py',
    '../_base_/schedules/mnist_8e.py',
    '../_base_/default_runtime.py',
]
