"""Plots of the noise and of the training."""
