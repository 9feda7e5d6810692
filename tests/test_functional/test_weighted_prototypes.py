import pytest
import torch
import torch.nn.functional as F

from nl_plugins.functional import (
    add_class_sums,
    class_directions,
    numerics,
    weighted_prototypes,
)

from . import sinet_reference as reference
from .bad_features import BAD_FEATURES, EMPTY

LABELS = torch.arange(40) % 3


def weights(generator):
    return torch.rand(40, generator=generator, dtype=torch.float64)


def test_numbers_by_hand():
    features = torch.tensor([[2.0, 0.0], [0.0, 7.0], [3.0, 4.0], [1.0, 1.0]])
    prototypes = weighted_prototypes(
        features, torch.tensor([3.0, 4.0, 1.0, 0.0]), torch.tensor([1, 1, 0, 0]), 2
    )
    assert torch.allclose(prototypes, torch.tensor([[0.6, 0.8], [0.6, 0.8]]))


def test_equals_the_loops(features, generator):
    p = weights(generator)
    prototypes = weighted_prototypes(features, p, LABELS, 3)
    expected = reference.prototypes(features.tolist(), p.tolist(), LABELS.tolist(), 3)
    assert prototypes.dtype == torch.float64
    assert torch.allclose(prototypes, torch.tensor(expected).double(), atol=1e-6)


def test_parts_add_up_to_the_whole(features, generator, monkeypatch):
    p, units = weights(generator), F.normalize(features, dim=1).float()
    whole, before = torch.zeros(3, 6, dtype=torch.float64), units.clone()
    add_class_sums(whole, units, p, LABELS)
    assert torch.equal(units, before)
    assert torch.allclose(whole[1], (units.double() * p[:, None])[1::3].sum(0))
    parts = torch.zeros_like(whole)
    for rows in (slice(13), slice(13, None)):
        add_class_sums(parts, units[rows], p[rows], LABELS[rows])
    assert torch.allclose(whole, parts, rtol=1e-12)
    prototypes = weighted_prototypes(features, p, LABELS, 3)
    assert torch.allclose(class_directions(parts), prototypes, rtol=1e-6)
    monkeypatch.setitem(numerics._CHUNK_BYTES, 'cpu', 100)
    assert torch.allclose(weighted_prototypes(features, p, LABELS, 3), prototypes)


def test_directions_are_unit_rows_and_zero_stays_zero(generator):
    sums = torch.randn(5, 4, generator=generator, dtype=torch.float64) * 1e-30
    sums[2] = 0
    directions = class_directions(sums)
    lengths = torch.tensor([1, 1, 0, 1, 1], dtype=torch.float64)
    torch.testing.assert_close(directions.norm(dim=1), lengths)
    torch.testing.assert_close(directions * sums.norm(dim=1, keepdim=True), sums)


def test_scale_and_order_do_not_matter(features, generator):
    p = weights(generator)
    prototypes = weighted_prototypes(features, p, LABELS, 3)
    order = torch.randperm(40, generator=generator)
    scale = torch.rand(40, 1, generator=generator, dtype=torch.float64) + 0.1
    other = weighted_prototypes(
        (features * scale)[order], 9 * p[order], LABELS[order], 3
    )
    assert torch.allclose(prototypes, other)


def test_half_precision_is_computed_in_single(features, generator):
    half, p = features.half(), weights(generator)
    prototypes = weighted_prototypes(half, p, LABELS, 3)
    assert prototypes.dtype == torch.float32
    assert torch.equal(prototypes, weighted_prototypes(half.float(), p, LABELS, 3))


@pytest.mark.parametrize(('features', 'message'), BAD_FEATURES + EMPTY)
def test_bad_features(features, message):
    with pytest.raises(ValueError, match=message):
        weighted_prototypes(
            features, torch.ones(len(features)), torch.zeros(len(features)).long(), 1
        )


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(weights=torch.tensor([1.0, -2.0])), r'weights\[1\] = -2.0 is negative'),
        (dict(weights=torch.tensor([1.0, float('nan')])), r'weights.*nan at \[1\]'),
        (dict(weights=torch.ones(3)), r'weights must have shape \(2,\), got \(3,\)'),
        (dict(weights=[1, 1]), 'list'),
        (dict(labels=torch.tensor([0, 2])), r'labels\[1\] = 2 is not in \[0, 2\)'),
        (dict(labels=torch.tensor([0])), 'differ: 1 in labels, 2 in features'),
        (dict(labels=torch.tensor([0, 0])), 'class 1 has no samples'),
        (dict(weights=torch.tensor([1.0, 0.0])), 'features of class 1 sum to zero'),
        (dict(num_classes=0), 'num_classes.*0'),
    ],
)
def test_bad_input(changes, message):
    arguments = dict(
        features=torch.eye(2),
        weights=torch.ones(2),
        labels=torch.tensor([0, 1]),
        num_classes=2,
    )
    with pytest.raises(ValueError, match=message):
        weighted_prototypes(**{**arguments, **changes})
