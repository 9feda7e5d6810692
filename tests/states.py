"""States of hooks and models compared."""

import torch


def assert_same(got: dict, want: dict) -> None:
    """All values are equal, tensors bit for bit."""
    assert got.keys() == want.keys()
    for key, value in want.items():
        if isinstance(value, dict):
            assert_same(got[key], value)
        elif isinstance(value, torch.Tensor):
            assert torch.equal(got[key], value), key
        else:
            assert got[key] == value, key
