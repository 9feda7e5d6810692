import pytest
import torch

from nl_plugins.functional import label_similarity

from . import sinet_reference as reference
from .bad_features import BAD_FEATURES, EMPTY


def test_numbers_by_hand():
    embeddings = torch.tensor([[3.0, 4.0], [6.0, 8.0], [-4.0, 3.0], [-1.0, 0.0]])
    similarity = label_similarity(embeddings)
    assert similarity.dtype == torch.float32
    expected = [[1, 1, 0, -0.6], [1, 1, 0, -0.6], [0, 0, 1, 0.8], [-0.6, -0.6, 0.8, 1]]
    assert torch.allclose(similarity, torch.tensor(expected))


def test_reference(features):
    expected = torch.tensor(reference.label_similarity(features.tolist())).double()
    similarity = label_similarity(features)
    assert torch.allclose(similarity, expected, atol=1e-6)
    assert torch.equal(similarity, similarity.T)
    assert torch.equal(similarity.diagonal(), torch.ones(40, dtype=torch.float64))


@pytest.mark.parametrize(('features', 'message'), BAD_FEATURES + EMPTY)
def test_bad_features(features, message):
    with pytest.raises(ValueError, match=message):
        label_similarity(features)
