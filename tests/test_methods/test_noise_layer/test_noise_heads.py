import json

import numpy as np
import pytest
import torch
from mmpretrain.registry import MODELS
from noise_layer_toy import CONFUSION

from nl_plugins.functional import (
    bottom_up_posterior,
    estimate_confusion,
    label_confusion,
    noise_posterior,
    noise_types,
)

Q = [[0.7, 0.1, 0.2], [0.3, 0.8, 0.2], [0.0, 0.1, 0.6]]
TRUE = torch.tensor([0, 0, 0, 1, 1, 2, 2, 2])
NOISY = torch.tensor([1, 1, 2, 0, 1, 1, 1, 2])


def head(kind='NoiseLayerHead', **kwargs):
    return MODELS.build(dict(type=kind, num_classes=3, **kwargs))


def test_noise_layer_head_wraps_the_functions():
    layer = head()
    layer.estimate(TRUE, NOISY)
    want = estimate_confusion(TRUE, NOISY, 3)
    assert layer.confusion.dtype == torch.float32
    torch.testing.assert_close(layer.confusion.double(), want)
    logits, types = torch.randn(8, 3), torch.randn(8, 3)
    got = layer.posterior(logits, types, NOISY)
    for q, expected in zip(got, noise_posterior(logits, types, NOISY, want)):
        torch.testing.assert_close(q, expected)
    assert torch.equal(layer.types(TRUE, NOISY), noise_types(TRUE, NOISY, want))


def test_bottom_up_head_wraps_the_functions():
    layer = head('BottomUpHead', prior=0.5)
    layer.estimate(TRUE, NOISY)
    want = label_confusion(TRUE, NOISY, 3, prior=0.5)
    torch.testing.assert_close(layer.confusion.double(), want)
    logits = torch.randn(8, 3)
    q_y, q_z = layer.posterior(logits, None, NOISY)
    torch.testing.assert_close(q_y, bottom_up_posterior(logits, NOISY, want))
    assert q_z is None


@pytest.mark.parametrize(
    ('kind', 'matrix'), [('NoiseLayerHead', CONFUSION), ('BottomUpHead', Q)]
)
def test_matrix_from_the_config_a_file_and_a_checkpoint(tmp_path, kind, matrix):
    want = torch.tensor(matrix)
    (tmp_path / 'matrix.json').write_text(json.dumps(matrix))
    for source in (matrix, str(tmp_path / 'matrix.json')):
        assert torch.equal(head(kind, confusion=source).matrix(), want)
    empty = head(kind)
    assert not empty.is_set
    empty.load_state_dict(head(kind, confusion=matrix).state_dict())
    assert empty.is_set
    assert torch.equal(empty.matrix(), want)


@pytest.mark.parametrize('kind', ['NoiseLayerHead', 'BottomUpHead'])
def test_nothing_works_without_a_matrix(kind):
    with pytest.raises(RuntimeError, match=f'{kind} has no confusion matrix: add'):
        head(kind).posterior(torch.zeros(1, 3), torch.zeros(1, 3), TRUE[:1])


@pytest.mark.parametrize(
    ('kind', 'matrix', 'message'),
    [
        ('NoiseLayerHead', Q, r'NoiseLayerHead\[0, 0\] = 0.7, but the diagonal'),
        ('NoiseLayerHead', np.transpose(CONFUSION).tolist(), 'but its rows do'),
        ('NoiseLayerHead', [[0, 1], [1, 0]], r'\(2, 2\), but there are 3 classes'),
        ('BottomUpHead', np.transpose(Q).tolist(), 'column 1 .*but its rows do'),
        ('BottomUpHead', np.eye(3)[:, [0, 0, 1]].tolist(), 'row 2 .* is zero'),
    ],
)
def test_matrices_that_are_refused(kind, matrix, message):
    with pytest.raises(ValueError, match=message):
        head(kind, confusion=matrix)
