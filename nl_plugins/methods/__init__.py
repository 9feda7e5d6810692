"""The methods, each under its name; none imports another."""

from . import cleannet, noise_layer, sinet, smp, two_stage
