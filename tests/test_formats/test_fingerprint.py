import hashlib
import struct

import numpy as np
import torch

from nl_plugins.formats.fingerprint import fingerprint


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def test_parts_follow_each_other():
    labels = torch.tensor([3, -1, 2])
    expected = sha256('größe\n'.encode() + struct.pack('<3q', 3, -1, 2))
    assert fingerprint('größe\n', labels) == expected
    assert fingerprint('größe\n', labels.numpy()) == expected
    assert fingerprint(labels, 'größe\n') != expected


def test_what_checkpoints_and_manifests_hold():
    """Verification labels as int8, clean and noisy labels as (2, N) int64."""
    verification = torch.tensor([1, 0, -1])
    assert fingerprint(verification.to(torch.int8)) == sha256(b'\x01\x00\xff')
    both = torch.tensor([[0, -1], [1, 2]])
    assert fingerprint(both) == sha256(struct.pack('<4q', 0, -1, 1, 2))


def test_the_byte_order_does_not_count():
    for dtype in ('<i4', '>i4'):
        found = fingerprint(np.array([1, 2], dtype))
        assert found == sha256(struct.pack('<2i', 1, 2))


def test_names_that_are_not_utf8():
    assert fingerprint('\udcff') == sha256(b'?')
