"""CleanNet (Lee et al.; CVPR 2018): relevance of labels, learnt from verified ones."""

from . import cleannet, cleannet_hook, relevance_loss
