"""The methods, each under its name; none imports another."""

from . import (
    cleannet,
    early_learning,
    loss_correction,
    noise_layer,
    sinet,
    smp,
    two_stage,
)
