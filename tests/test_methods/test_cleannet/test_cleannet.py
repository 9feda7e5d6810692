"""CleanNet: Eq. 5-10 in loops, gradients, transfer to classes without labels."""

import pytest
import torch
import torch.nn.functional as F
from mmpretrain.registry import MODELS

from nl_plugins.methods.cleannet.cleannet import CleanNet

SIZES = dict(
    hidden_channels=(12, 8), attention_channels=5, query_channels=8, embed_channels=4
)


@pytest.fixture
def net():
    torch.manual_seed(0)
    net = CleanNet(6, **SIZES).double().eval()
    net.center.copy_(torch.randn(6) * 0.1)
    return net


@pytest.fixture
def data():
    torch.manual_seed(1)
    return dict(
        features=torch.randn(9, 6, dtype=torch.float64) * 3,
        labels=torch.tensor([0, 2, 0, 2, 2, 3, 3, 0, 2]),
        verification=torch.tensor([1, 0, -1, 1, -1, 0, -1, 1, 0]),
        references=torch.randn(4, 5, 6, dtype=torch.float64),
    )


def unit(vector):
    return vector / vector.norm()


def test_loss_is_equation_9_sample_by_sample(net, data):
    classes, _ = net.reference_encoder(net.normalize(data['references']))
    matching, reconstruction = [], []
    for feature, label, verified in zip(
        data['features'], data['labels'], data['verification']
    ):
        query = unit(unit(feature) - net.center)
        code, again = net.query_encoder(query[None])
        reconstruction.append(((query - again[0]) ** 2).sum().item())
        cosine = (unit(code[0]) @ unit(classes[label])).item()
        if verified == 1:
            matching.append(1 - cosine)
        elif verified == 0:
            matching.append(2.5 * max(0.0, cosine - 0.1))
        else:
            matching.append(0.1 * (1 - cosine) if cosine >= 0.1 else 0.0)
    losses = net.loss(**data, balance=2.5)
    assert float(losses['loss_relevance']) == pytest.approx(sum(matching) / 9)
    assert float(losses['loss_reconstruction']) == pytest.approx(
        0.1 * sum(reconstruction) / 9
    )


def test_similarity_is_the_cosine_of_the_embeddings(net, data):
    classes, attention = net.embed_classes(data['references'])
    similarity = net(data['features'], data['labels'], classes)
    queries = net.query_encoder.encode(net.normalize(data['features']))
    embeddings, _ = net.reference_encoder(net.normalize(data['references']))
    want = F.cosine_similarity(queries, embeddings[data['labels']])
    torch.testing.assert_close(similarity, want)
    assert attention.shape == (4, 5)


def test_every_parameter_gets_a_gradient(net, data):
    net.train()
    sum(net.loss(**data).values()).backward()
    for name, parameter in net.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


def test_unverified_samples_reach_the_encoder_through_both_terms(net, data):
    data['verification'] = torch.full((9,), -1)
    losses = net.loss(**data)
    for loss in losses.values():
        net.zero_grad()
        loss.backward(retain_graph=True)
        assert net.query_encoder.hidden.weight.grad.abs().sum() > 0


def test_classes_outside_the_batch_do_not_matter(net, data):
    want = net.loss(**data)
    data['references'][1] = 7.0
    got = net.loss(**data)
    assert {k: float(v) for k, v in got.items()} == {
        k: float(v) for k, v in want.items()
    }


def test_scale_of_the_features_does_not_matter(net, data):
    classes, _ = net.embed_classes(data['references'])
    more, _ = net.embed_classes(data['references'] * 9)
    torch.testing.assert_close(more, classes)
    one = net(data['features'], data['labels'], classes)
    other = net(data['features'] * 5, data['labels'], classes)
    torch.testing.assert_close(one, other)


def test_begins_with_the_cosine_to_the_mean_reference():
    torch.manual_seed(0)
    features = torch.randn(400, 64)
    net = CleanNet(64).eval()
    references = features[:50].repeat(1, 1)[:, None].repeat(1, 3, 1)
    classes, attention = net.embed_classes(references)
    torch.testing.assert_close(attention, torch.full((50, 3), 1 / 3))
    own = net(features[:50], torch.arange(50), classes)
    other = net(features[50:100], torch.arange(50), classes)
    assert own.min() > 0.95
    assert other.abs().mean() < 0.25
    # Images whose features vary in a few directions, as those of networks do.
    features = torch.randn(400, 16) @ torch.randn(16, 64)
    cosines = F.normalize(features) @ F.normalize(features).T
    queries = net.embed_queries(features)
    pairs = torch.ones(400, 400).triu(1).bool()
    both = torch.stack([(queries @ queries.T)[pairs], cosines[pairs]])
    assert torch.corrcoef(both)[0, 1] > 0.95


@pytest.mark.parametrize('supervised', [100, 80])
def test_learns_relevance_also_of_classes_without_verification_labels(supervised):
    """Nuisance directions of large variance hide the class from plain cosines."""
    torch.manual_seed(0)
    classes, dim, nuisance = 100, 32, 16
    centres = torch.randn(classes, dim)
    labels = torch.arange(classes).repeat(30)
    right = torch.rand(len(labels)) < 0.6
    true = torch.where(right, labels, torch.randint(classes, labels.shape))
    features = centres[true] + 0.5 * torch.randn(len(labels), dim)
    features[:, :nuisance] = 3 * torch.randn(len(labels), nuisance)
    references = torch.stack([features[labels == c] for c in range(classes)])
    verification = torch.where(labels < supervised, right.long(), -1)
    net = CleanNet(dim, hidden_channels=(64, 64), query_channels=64)
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    held_out = labels >= 80

    def ranked_right():
        """How often a right label of a class is above a wrong one (AUC)."""
        net.eval()
        with torch.no_grad():
            scores = net(features, labels, net.embed_classes(references)[0])
        above = scores[held_out & right][:, None] > scores[held_out & ~right]
        return float(above.double().mean())

    before = ranked_right()
    net.train()
    for _ in range(100):
        rows = torch.randint(len(labels), (256,))
        parts = net.loss(features[rows], labels[rows], verification[rows], references)
        optimizer.zero_grad()
        sum(parts.values()).backward()
        optimizer.step()

    assert before < 0.85
    assert ranked_right() > 0.95


def test_registered_with_an_exchangeable_loss():
    loss = dict(type='RelevanceLoss', margin=0.3, negative_weight=2.0)
    net = MODELS.build(dict(type='CleanNet', in_channels=8, loss=loss))
    assert net.relevance_loss.margin == 0.3
    assert net.reference_encoder.first.weight.shape == (512, 8)
    assert net.reference_encoder.second.weight.shape == (256, 512)
    assert net.reference_encoder.context.shape == (256,)
    assert net.reference_encoder.embedding.weight.shape == (128, 256)
    assert net.query_encoder.hidden.weight.shape == (256, 8)
    assert net.query_encoder.code.weight.shape == (128, 256)
    assert net.reference_encoder.dropout.p == 0.2


def test_query_wider_than_reference_encoder_is_refused():
    with pytest.raises(ValueError, match=r'query_channels \(300\).*\(512, 256\)'):
        CleanNet(8, query_channels=300)
