"""One class for each published data set, and the readers of its files."""

from . import (
    aliproducts,
    animal10n,
    cifar10n,
    cifar100n,
    clothing1m,
    digits,
    food101n,
    webvision,
)
