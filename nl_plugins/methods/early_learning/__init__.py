"""Early-learning regularisation (Liu et al.; NeurIPS 2020)."""

from . import early_learning_regularization
