"""Plots of the noise and of the training.

Each function ``plot_*`` writes one picture, in the format that the suffix of its path
tells, and returns the path. Names and titles may be any text from the web.
"""
