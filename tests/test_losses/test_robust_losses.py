"""The losses of noisy labels: formulas, targets, gradients, and their theorems."""

import json
import math

import pytest
import torch
import torch.nn.functional as F
from digits_run import network, train_digits
from mmpretrain.registry import MODELS
from mmpretrain.structures import DataSample

import nl_plugins  # noqa: F401
from nl_plugins.functional import symmetric_noise
from nl_plugins.supervision.soft_targets import check_loss

K = 4
NOISE = (0.7 * torch.eye(K) + 0.3 * torch.eye(K).roll(1, 1)).double()
NOISE[0] = torch.tensor([0.4, 0.3, 0.2, 0.1])
T = NOISE.tolist()


def norm(value):
    """Of a loss by its cost for each label: the share of its own cost."""
    return lambda p, k: value(p, k) / sum(value(p, j) for j in range(K))


def pairs(phi):
    def cost(p, k):
        z = [math.log(q) for q in p]
        return sum(phi(z[k] - z[j]) for j in range(K) if j != k) / (K - 1)

    return cost


def log_or(number, zero):
    return math.log(number) if number else zero


def rce(p, k, a=-4.0):
    return -sum(p[j] * log_or(float(j == k), a) for j in range(K))


def mae(p, k):
    return sum(abs(float(j == k) - p[j]) for j in range(K))


def ce(p, k):
    return -math.log(p[k])


def gce(p, k, q=0.7):
    return (1 - p[k] ** q) / q


def focal(p, k):
    return -((1 - p[k]) ** 0.5) * math.log(p[k])


def boot_soft(p, k):
    t = [0.95 * (j == k) + 0.05 * p[j] for j in range(K)]
    return -sum(t[j] * math.log(p[j]) for j in range(K))


def boot_hard(p, k):
    return 0.8 * ce(p, k) + 0.2 * ce(p, max(range(K), key=lambda j: p[j]))


def forward(p, k):
    return -math.log(sum(p[i] * T[i][k] for i in range(K)))


def backward(p, k):
    inverse = NOISE.inverse().tolist()
    return sum(inverse[k][j] * ce(p, j) for j in range(K))


def learned(p, k):
    noise = symmetric_noise(K, 0.1).tolist()
    mixed = sum(p[i] * noise[i][k] for i in range(K))
    return -math.log(mixed) + 0.1 * 4 * 0.9


LOSSES = {
    'mae': (dict(type='MeanAbsoluteErrorLoss'), mae),
    'rce': (dict(type='ReverseCrossEntropyLoss'), rce),
    'gce': (dict(type='GeneralizedCrossEntropyLoss'), gce),
    'truncated': (
        dict(type='GeneralizedCrossEntropyLoss', truncate=0.3),
        lambda p, k: gce(p, k) if p[k] > 0.3 else (1 - 0.3**0.7) / 0.7,
    ),
    'sce': (
        dict(type='SymmetricCrossEntropyLoss'),
        lambda p, k: 0.1 * ce(p, k) + rce(p, k),
    ),
    'nce': (dict(type='NormalizedFocalLoss', gamma=0), norm(ce)),
    'nfl': (dict(type='NormalizedFocalLoss'), norm(focal)),
    'apl': (
        dict(
            type='ActivePassiveLoss',
            active=dict(type='NormalizedFocalLoss', loss_weight=10.0),
            passive=dict(type='MeanAbsoluteErrorLoss', loss_weight=0.1),
        ),
        lambda p, k: 10 * norm(focal)(p, k) + 0.1 * mae(p, k),
    ),
    'soft': (dict(type='BootstrapLoss'), boot_soft),
    'hard': (dict(type='BootstrapLoss', hard=True), boot_hard),
    'unhinged': (dict(type='UnhingedLoss'), pairs(lambda v: 1 - v)),
    'sigmoid': (
        dict(type='SigmoidLoss', beta=2.0),
        pairs(lambda v: 1 / (1 + math.exp(2 * v))),
    ),
    'savage': (
        dict(type='SavageLoss'),
        pairs(lambda v: 1 / (1 + math.exp(v)) ** 2),
    ),
    'forward': (
        dict(type='ForwardCorrectedLoss', num_classes=K, transition=T),
        forward,
    ),
    'backward': (
        dict(type='BackwardCorrectedLoss', num_classes=K, transition=T),
        backward,
    ),
    'learned': (dict(type='LearnedTransitionLoss', num_classes=K), learned),
}
every_loss = pytest.mark.parametrize('name', LOSSES)


def built(name, **changes):
    return MODELS.build(dict(LOSSES[name][0], **changes)).double()


def logits(rows=6, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return 2 * torch.randn(rows, K, generator=generator, dtype=torch.float64)


def costs(loss, scores):
    """(N, K) what each label costs."""
    labels = [torch.full((len(scores),), k) for k in range(K)]
    return torch.stack([loss(scores, y, reduction_override='none') for y in labels], 1)


@every_loss
def test_is_the_formula_written_out(name):
    scores, naive = logits(), LOSSES[name][1]
    want = [[naive(p, k) for k in range(K)] for p in scores.softmax(1).tolist()]
    got = costs(built(name), scores)
    torch.testing.assert_close(
        got, torch.tensor(want, dtype=got.dtype), rtol=1e-6, atol=1e-6
    )


@every_loss
def test_gradients(name):
    loss, targets = built(name), logits(seed=1).softmax(1)
    scores = logits().requires_grad_()
    assert torch.autograd.gradcheck(lambda x: loss(x, targets), scores)
    if own := list(loss.parameters()):
        assert torch.autograd.gradcheck(lambda *_: loss(scores, targets), own)


@every_loss
def test_targets_are_labels_mixtures_and_weights(name):
    loss, scores = built(name), logits()
    each = costs(loss, scores)
    targets = logits(seed=1).softmax(1) * torch.tensor([1, 0.5, 0, 2, 1, 0])[:, None]
    got = loss(scores, targets, reduction_override='none')
    torch.testing.assert_close(got, (each * targets).sum(1))
    assert got[2] == got[5] == 0
    weight = torch.arange(6.0).double()
    torch.testing.assert_close(
        loss(scores, targets, weight=weight, avg_factor=3), (got * weight).sum() / 3
    )
    torch.testing.assert_close(loss(scores, targets), got.mean())
    twice = built(name, loss_weight=2.0, reduction='sum')
    torch.testing.assert_close(twice(scores, targets), 2 * got.sum())


@every_loss
def test_a_row_of_zeros_has_no_gradient(name):
    scores = logits().requires_grad_()
    built(name)(scores, torch.zeros(6, K)).backward()
    assert not scores.grad.any()


@every_loss
def test_hooks_that_set_targets_accept_it(name):
    loss = MODELS.build(LOSSES[name][0])
    check_loss(loss, K, torch.device('cpu'))
    assert not loss._forward_pre_hooks  # it honours weights by itself


@every_loss
@pytest.mark.parametrize('scale', [60.0, 3e4])
def test_is_finite_for_a_network_that_is_sure(name, scale):
    scores = (scale * torch.eye(K)).requires_grad_()
    loss = MODELS.build(LOSSES[name][0])
    for targets in (torch.eye(K), torch.eye(K).roll(1, 1)):
        loss(scores, targets).backward()
    assert torch.isfinite(scores.grad).all()


@every_loss
def test_half_precision_is_computed_in_single(name):
    loss, labels = MODELS.build(LOSSES[name][0]), torch.tensor([0, 1, 2, 3, 0, 1])
    scores = logits().to(torch.bfloat16)
    with torch.autocast('cpu', dtype=torch.bfloat16):
        got = loss(scores, labels)
    assert got.dtype == torch.float32
    torch.testing.assert_close(got, loss(scores.float(), labels))


@every_loss
def test_serves_in_a_head_of_the_host(name):
    head = dict(type='LinearClsHead', num_classes=K, in_channels=3)
    head = MODELS.build(dict(head, loss=LOSSES[name][0]))
    samples = [DataSample().set_gt_label(k) for k in range(K)]
    feats = (torch.randn(K, 3),)
    hard = head.loss(feats, samples)['loss']
    hard.backward()
    for sample, target in zip(samples, torch.eye(K)):
        sample.set_gt_score(target)
    torch.testing.assert_close(head.loss(feats, samples)['loss'], hard)


def test_generalised_cross_entropy_between_its_limits():
    scores = logits()
    ce = -scores.log_softmax(1)
    for q, tolerance in ((0.0, 1e-12), (1e-6, 1e-4), (1e-9, 1e-7)):
        got = costs(built('gce', q=q), scores)
        torch.testing.assert_close(got, ce, rtol=0, atol=tolerance)
    half = costs(built('mae'), scores) / 2
    torch.testing.assert_close(costs(built('gce', q=1.0), scores), half)


@pytest.mark.parametrize(
    ('name', 'options'), [('forward', {}), ('backward', dict(min_prob=0))]
)
def test_without_noise_corrections_are_cross_entropy(name, options):
    scores = 100 * logits()  # also where p underflows
    loss = built(name, transition=torch.eye(K).tolist(), **options)
    torch.testing.assert_close(costs(loss, scores), -scores.log_softmax(1))


def test_backward_correction_is_unbiased():
    """The expectation over the noisy labels is the cross entropy of the true one."""
    scores = logits()
    noisy = costs(built('backward'), scores)
    torch.testing.assert_close(
        noisy @ NOISE.T, -scores.log_softmax(1), rtol=1e-5, atol=1e-5
    )


def test_forward_correction_has_the_minimiser_of_clean_labels():
    """Theorem 2: the mean cost over noisy labels is least at the true posterior."""
    truth = torch.tensor([[0.7, 0.1, 0.15, 0.05]], dtype=torch.float64)
    scores = torch.zeros(1, K, dtype=torch.float64, requires_grad=True)
    loss, optimizer = built('forward'), torch.optim.LBFGS([scores], max_iter=200)

    def step():
        optimizer.zero_grad()
        value = loss(scores, truth @ NOISE)
        value.backward()
        return value

    for _ in range(20):
        optimizer.step(step)
    torch.testing.assert_close(scores.softmax(1), truth, rtol=0, atol=1e-3)


@pytest.mark.parametrize(
    ('name', 'total'),
    [('mae', 2 * (K - 1)), ('rce', 4 * (K - 1)), ('nce', 1), ('nfl', 1)]
    + [('apl', 10 + 0.2 * (K - 1)), ('unhinged', K), ('sigmoid', K / 2)],
)
def test_symmetric_losses(name, total):
    """Ghosh et al.: the costs of all labels add up to a constant."""
    sums = costs(built(name), logits()).sum(1)
    torch.testing.assert_close(sums, torch.full_like(sums, total))


def test_margin_losses_of_two_classes_are_the_binary_ones():
    scores, label = torch.tensor([[1.5, -0.5]]), torch.tensor([0])
    binary = dict(unhinged=1 - 2.0, sigmoid=1 / (1 + math.exp(4)))
    binary['savage'] = (1 / (1 + math.exp(2))) ** 2
    for name, want in binary.items():
        assert math.isclose(built(name)(scores, label), want, rel_tol=1e-6)


def test_margins_of_the_label_alone():
    """Patrini et al.'s program: phi(z_k), whatever the other logits are."""
    scores, label = torch.tensor([[1.5, -0.5, 7.0]]), torch.tensor([0])
    alone = dict(unhinged=1 - 1.5, sigmoid=1 / (1 + math.exp(3)))
    alone['savage'] = (1 / (1 + math.exp(1.5))) ** 2
    for name, want in alone.items():
        loss = built(name, pairwise=False)
        assert math.isclose(loss(scores, label), want, rel_tol=1e-6)


def test_backward_correction_takes_no_logarithm_of_next_to_nothing():
    """By hand: the inverse has 1.5 and -0.5, and -log p is 40 or ln(1e7) = 16.118."""
    settings = matrix((0.75, 0.25), (0.25, 0.75))
    for min_prob, cost in ((0, 40.0), (1e-7, 16.118096)):
        loss = built('backward', **settings, min_prob=min_prob)
        scores = torch.tensor([[0.0, 40.0]], requires_grad=True)
        want = torch.tensor([[1.5 * cost, -0.5 * cost]])
        torch.testing.assert_close(loss.costs_of(scores), want)
        loss(scores, torch.tensor([1])).backward()
        assert (scores.grad.abs().max() > 0.1) == (min_prob == 0)


def test_truncation_leaves_unlikely_labels_out():
    scores = torch.tensor([[2.0, 0, 0, 0], [-2.0, 0, 0, 0]], requires_grad=True)
    MODELS.build(LOSSES['truncated'][0])(scores, torch.zeros(2).long()).backward()
    assert scores.grad[0].any()
    assert not scores.grad[1].any()


def test_the_trace_lets_the_matrix_explain_the_noise():
    """Of a network that knows the true labels, it learns the planted T."""
    generator = torch.Generator().manual_seed(0)
    true = torch.arange(4000) % K
    noisy = torch.multinomial(NOISE[true], 1, generator=generator)[:, 0]
    loss = MODELS.build(dict(LOSSES['learned'][0], trace_weight=0.0))
    optimizer = torch.optim.Adam(loss.parameters(), lr=0.1)
    for _ in range(150):
        optimizer.zero_grad()
        loss(20 * F.one_hot(true, K).float(), noisy).backward()
        optimizer.step()
    assert (loss.transition - NOISE).abs().max() < 0.05
    loss.trace_weight = 0.1
    optimizer.zero_grad()
    loss(20 * F.one_hot(true, K).float(), noisy).backward()
    optimizer.step()
    assert (loss.transition.diagonal().double() < NOISE.diagonal() + 0.05).all()


def test_gains_on_digits_with_wrong_labels(tmp_path):
    robust = network(loss=dict(type='GeneralizedCrossEntropyLoss', q=1.0))
    _, accuracy = train_digits(tmp_path / 'a', model=robust, epochs=12)
    _, cross_entropy = train_digits(tmp_path / 'b', epochs=12)
    assert accuracy > cross_entropy + 5


def test_the_matrix_is_no_part_of_the_checkpoint():
    assert 'transition' not in built('forward').state_dict()
    assert list(built('learned').state_dict()) == ['scores']


def test_the_matrix_may_be_a_file(tmp_path):
    path = tmp_path / 'transition.json'
    path.write_text(json.dumps(T))
    loss = built('forward', transition=str(path))
    torch.testing.assert_close(loss.transition.double(), NOISE)


def test_without_a_matrix_there_is_no_loss():
    with pytest.raises(RuntimeError, match='ForwardCorrectedLoss has no matrix.*Trans'):
        built('forward', transition=None)(logits(), torch.zeros(6).long())


def matrix(*rows):
    return dict(num_classes=2, transition=[list(row) for row in rows])


@pytest.mark.parametrize(
    ('config', 'message'),
    [
        (dict(type='GeneralizedCrossEntropyLoss', q=1.1), r'q must lie in \[0, 1\]'),
        (dict(type='GeneralizedCrossEntropyLoss', truncate=0), 'truncate must lie'),
        (dict(type='ReverseCrossEntropyLoss', log_zero=1), '-log_zero must be a pos'),
        (dict(type='SymmetricCrossEntropyLoss', alpha=-1), 'alpha must be a number'),
        (dict(type='BootstrapLoss', beta=2), 'beta must lie in'),
        (dict(type='NormalizedFocalLoss', gamma=-1), 'gamma must be a number >= 0'),
        (dict(type='SigmoidLoss', beta=0), 'beta must be a positive number'),
        (dict(type='SavageLoss', reduction='max'), "must be one of .*but is 'max'"),
        (dict(type='MeanAbsoluteErrorLoss', loss_weight=-1), 'loss_weight must be'),
        (
            dict(
                type='ActivePassiveLoss',
                active=dict(type='CrossEntropyLoss'),
                passive=dict(type='MeanAbsoluteErrorLoss'),
            ),
            'active is a CrossEntropyLoss, which has no cost for each class',
        ),
        (
            dict(type='ForwardCorrectedLoss', **matrix((1, 0))),
            r'must be square|shape',
        ),
        (
            dict(type='ForwardCorrectedLoss', **matrix((1, 0), (0.5, 0.4))),
            'row 1 of transition of ForwardCorrectedLoss sums to 0.9',
        ),
        (
            dict(type='ForwardCorrectedLoss', num_classes=3, transition=[[1]]),
            'transition of ForwardCorrectedLoss has shape .* there are 3 classes',
        ),
        (
            dict(type='BackwardCorrectedLoss', **matrix((0.5, 0.5), (0.5, 0.5))),
            'has no stable inverse .*use ForwardCorrectedLoss',
        ),
        (dict(type='LearnedTransitionLoss', num_classes=1), 'num_classes must be an'),
        (
            dict(type='LearnedTransitionLoss', num_classes=2, diagonal=1.0),
            'diagonal must be below 1',
        ),
    ],
)
def test_bad_settings(config, message):
    with pytest.raises(ValueError, match=message):
        MODELS.build(config)


def test_bad_shapes():
    with pytest.raises(
        ValueError, match=r'UnhingedLoss takes .*got \(6, 4\) and \(3,\)'
    ):
        built('unhinged')(logits(), torch.zeros(3).long())


@pytest.mark.parametrize('gamma', [0.0, 0.5])
def test_a_single_class_costs_nothing(gamma):
    loss = MODELS.build(dict(type='NormalizedFocalLoss', gamma=gamma))
    logits = torch.randn(3, 1, requires_grad=True)
    value = loss(logits, torch.zeros(3, dtype=torch.int64))
    value.backward()
    assert value == 0
    assert not logits.grad.any()
