"""CIFAR-100N: CIFAR-100 with labels from people who were paid for them."""

from mmpretrain.datasets import CIFAR100
from mmpretrain.registry import DATASETS

from .cifar10n import CIFAR10N

__all__ = ['CIFAR100N']


@DATASETS.register_module()
class CIFAR100N(CIFAR10N, CIFAR100):
    """CIFAR-100N (Wei et al., ICLR 2022), on the pickles of CIFAR-100 or image files.

    As :class:`CIFAR10N`, with ``cifar-100-python/`` and ``CIFAR-100_human.pt``. The
    ``label_set`` is ``noisy`` (``noisy_label`` in the file, 40.20 % wrong) or ``clean``
    (``clean_label``). Labels are those of the 100 fine classes.

    >>> CIFAR100N('data/cifar100', lazy_init=True).label_file
    'data/cifar100/CIFAR-100_human.pt'
    """

    LABEL_SETS = dict(noisy='noisy_label', clean='clean_label')
    LABEL_FILE = 'CIFAR-100_human.pt'
