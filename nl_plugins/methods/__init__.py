"""The methods, each under its name; none imports another."""

from . import (
    cleannet,
    co_teaching,
    confident_learning,
    distillation,
    early_learning,
    joint_optimization,
    label_posterior,
    loss_correction,
    noise_layer,
    pseudo_label,
    sinet,
    smp,
    two_stage,
)
