"""Small images that are decoded once, and features: what needs no decoding."""

from . import features, in_memory, pick_view
