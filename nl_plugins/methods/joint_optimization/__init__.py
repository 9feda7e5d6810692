"""Joint Optimization of network and labels (Tanaka et al.; CVPR 2018)."""

from . import joint_optimization_hook, joint_regularization
