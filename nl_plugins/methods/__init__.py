"""The methods, each under its name; none imports another."""

from . import cleannet, label_posterior, noise_layer, sinet, smp, two_stage
