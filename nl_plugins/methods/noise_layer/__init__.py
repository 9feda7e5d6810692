"""The label noise layer (Xiao et al.; CVPR 2015): a model of the noise in the net."""

from . import bottom_up_head, noise_layer_classifier, noise_layer_head, noise_layer_hook
