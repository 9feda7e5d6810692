"""Small images that are decoded once and served in batches."""

from . import in_memory
