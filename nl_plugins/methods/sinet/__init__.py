"""SINet (Cheng et al.; ECCV 2020): weights from class graphs and prototypes."""

from . import dropout_pooling, sinet_hook, topk_smoothing_hook
