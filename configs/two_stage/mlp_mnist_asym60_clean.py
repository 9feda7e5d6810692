# With a clean set: the true labels of the first 1,000 training images choose the labels
# to keep (one binary classifier per class). If two classes are swapped more often than
# not, noisy labels alone cannot tell which is which.
_base_ = ['./mlp_mnist_asym60.py']

clean_set = dict(
    type='MNIST',
    data_root=_base_.data_root,
    download=False,
    pipeline=_base_.pipeline,
    indices=1000,
)
custom_hooks = [
    dict(type='StepSeedHook'),
    *_base_.plateau_hooks,
    dict(
        _base_.selection_hook,
        clean_dataset=clean_set,
        refine_validation=False,  # its labels are as noisy, and nothing tells which
    ),
    _base_.restart_hook,
    dict(type='TermsHook'),
]
