# With a clean set: the true labels of the first 1,000 training images choose the labels
# to keep (one binary classifier a class). Two classes that are swapped more often than
# not cannot be told from noisy labels alone.
_base_ = ['./mlp_mnist_asym60.py']

_base_.custom_hooks[3].update(
    clean_dataset=dict(
        type='MNIST',
        data_root=_base_.data_root,
        download=False,
        pipeline=_base_.pipeline,
        indices=1000,
    ),
    refine_validation=False,  # its labels are as noisy, and nothing tells which
)
custom_hooks = _base_.custom_hooks
