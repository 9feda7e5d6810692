"""The methods, each under its name; none imports another."""

from . import (
    cleannet,
    co_teaching,
    confident_learning,
    curriculum_net,
    distillation,
    early_learning,
    joint_optimization,
    label_posterior,
    label_propagation,
    loss_correction,
    mentor_net,
    meta_cleaner,
    mlnt,
    noise_layer,
    pseudo_label,
    sinet,
    smp,
    two_stage,
)
