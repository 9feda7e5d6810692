"""The reference set encoder against Eq. 2-4 in loops."""

import math

import pytest
import torch

from nl_plugins.methods.cleannet.reference_set_encoder import ReferenceSetEncoder


@pytest.fixture
def encoder():
    torch.manual_seed(0)
    encoder = ReferenceSetEncoder(6, (5, 4), 3, 2).double().eval()
    torch.nn.init.normal_(encoder.context)
    return encoder


def layer(linear, x):
    weight, bias = linear.weight.tolist(), linear.bias.tolist()
    return [sum(w * v for w, v in zip(row, x)) + b for row, b in zip(weight, bias)]


def embedding_in_loops(encoder, references):
    """Section 3.1: two-layer MLP, Eq. 2, Eq. 3, Eq. 4, one-layer MLP."""
    hidden, scores = [], []
    for reference in references:
        h = [math.tanh(v) for v in layer(encoder.first, reference)]
        h = [math.tanh(v) for v in layer(encoder.second, h)]
        u = [math.tanh(v) for v in layer(encoder.attention, h)]
        hidden.append(h)
        scores.append(math.exp(sum(a * b for a, b in zip(u, encoder.context.tolist()))))
    alpha = [score / sum(scores) for score in scores]
    pooled = [sum(a * h[j] for a, h in zip(alpha, hidden)) for j in range(4)]
    return layer(encoder.embedding, pooled), alpha


def test_equals_the_loops(encoder):
    references = torch.randn(3, 7, 6, dtype=torch.float64)
    embeddings, attention = encoder(references)
    for k in range(3):
        embedding, alpha = embedding_in_loops(encoder, references[k].tolist())
        assert embeddings[k].tolist() == pytest.approx(embedding)
        assert attention[k].tolist() == pytest.approx(alpha)


def test_filling_vectors_do_not_count(encoder):
    references = torch.randn(2, 7, 6, dtype=torch.float64)
    filling = torch.zeros(2, 7, dtype=torch.bool)
    filling[0, 4:] = True
    embeddings, attention = encoder(references, filling)
    alone, its_attention = encoder(references[:1, :4])
    torch.testing.assert_close(embeddings[:1], alone)
    torch.testing.assert_close(attention[:1, :4], its_attention)
    assert attention[0, 4:].tolist() == [0, 0, 0]
    torch.testing.assert_close(attention.sum(1), torch.ones(2, dtype=torch.float64))


def test_order_of_the_references_does_not_matter(encoder):
    references = torch.randn(1, 7, 6, dtype=torch.float64)
    order = torch.randperm(7)
    embedding, attention = encoder(references)
    moved, moved_attention = encoder(references[:, order])
    torch.testing.assert_close(moved, embedding)
    torch.testing.assert_close(moved_attention, attention[:, order])


def test_dropout_is_for_training_only(encoder):
    references = torch.randn(1, 7, 6, dtype=torch.float64)
    assert torch.equal(encoder(references)[0], encoder(references)[0])
    encoder.train()
    assert not torch.equal(encoder(references)[0], encoder(references)[0])
