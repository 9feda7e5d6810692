"""Probabilities of the true label, out of scores that were fitted to noisy ones."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..checks import check_scores, check_shape, check_verification
from .label_posterior import label_posterior

__all__ = ['NoiseModel', 'fit_noise_model']

_JUDGES = 20_000  # samples at most that temperature and biases are fitted to
_LOG_INVERSE = 2.3, 1.0  # of the temperature: mean and deviation of the prior
_BIAS_DEVIATION = 3.0
_SPREAD = 10.0  # of scores, at most: beyond it the fit begins with softmaxes of 0 or 1
_STEPS = 100
_CHUNK = 1 << 16


@dataclass(frozen=True)
class NoiseModel:
    """What :func:`fit_noise_model` returns. Everything is float64.

    >>> transition = torch.tensor([[0.75, 0.25], [0.25, 0.75]])
    >>> model = NoiseModel(2.0, bias=torch.zeros(2), transition=transition)
    >>> scores = torch.tensor([[1.0, 0.0]])
    >>> model.probs(scores), model.posterior(scores, torch.tensor([1]))
    (tensor([[0.8808, 0.1192]], dtype=torch.float64),
     tensor([[0.7112, 0.2888]], dtype=torch.float64))
    """

    inverse_temperature: float  # what scores are multiplied with, in a softmax
    bias: Tensor  # (K,) added to that; -inf for classes that no sample is labelled as
    transition: Tensor  # (K, K), T[i, j] = p(given j | true i)

    def probs(self, scores: Tensor) -> Tensor:
        """p(y | x) of scores (N, K): (N, K) float64, rows sum to 1."""
        logits = self.inverse_temperature * scores.double()
        return (logits + self.bias.to(scores.device)).softmax(dim=1)

    def posterior(
        self, scores: Tensor, labels: Tensor, verification: Tensor | None = None
    ) -> Tensor:
        """p(y | x, given label), (N, K) float64; see :func:`label_posterior`.

        A label that is verified as right has the probability 1, one that is verified
        as wrong 0.
        """
        probs = self.probs(scores)
        joint = label_posterior(probs, labels, self.transition.to(probs))
        if verification is None:
            return joint
        allowed = _allowed(labels, verification, len(self.bias))
        joint = joint * allowed
        lost = joint.sum(dim=1, keepdim=True) == 0
        joint = torch.where(lost, probs.clamp_min(1e-12) * allowed, joint)
        return joint / joint.sum(dim=1, keepdim=True)


@torch.no_grad()
def fit_noise_model(
    scores: Tensor, labels: Tensor, verification: Tensor | None = None
) -> NoiseModel:
    r"""Calibrate scores of the classes on noisy labels, with the noise modelled.

    :math:`p(y | x) = \mathrm{softmax}(t s_x + b)` and :math:`p(\tilde y | y) =
    T_{y \tilde y}`: the inverse temperature t and the bias b of each class make the
    given labels likeliest, :math:`\sum_x \log \sum_y p(y | x) T_{y \tilde y_x}`, by
    L-BFGS. T is no parameter: it is what one EM step makes of the joint counts of
    predictions and labels. One, for with more of them T drifts towards the identity:
    part of the noise depends on the image, and so is explained as doubt about the
    class. Weak
    normal priors (log t: 2.3 +- 1, b: 0 +- 3) keep separable and rare classes finite;
    T starts every class with one sample that is labelled at random.

    The scores must be out of sample (:func:`leave_one_out_scores`), for what has been
    fitted to a label confirms it. The mean of the posterior of the given labels is an
    estimate of their accuracy; ``benchmarks/noise_estimates.py`` measures its error.
    Departs from temperature scaling (Guo et al. 2017), which fits p(given label | x),
    by T and b. Deterministic; at most 20,000 samples, drawn, judge t and b.

    Args:
        scores: (N, K) finite numbers, higher for likelier classes, such as regressions
            of one-hot labels.
        labels: (N,) given labels, integers in [0, K).
        verification: (N,) in {1, 0, -1}: label verified as right, wrong, not verified.

    >>> scores = torch.eye(2).repeat(50, 1)  # certain, every fifth label is wrong
    >>> labels = torch.arange(100) % 2
    >>> labels[::5] = 1 - labels[::5]
    >>> noise = fit_noise_model(scores, labels)
    >>> noise.transition.diagonal()
    tensor([0.7941, 0.7941], dtype=torch.float64)
    >>> given = noise.posterior(scores, labels)[torch.arange(100), labels]
    >>> (given < 0.5).nonzero()[:3, 0]
    tensor([ 0,  5, 10])
    """
    scores, labels = check_scores('scores', scores, labels=labels)
    scores, size = scores.double(), len(labels)
    if size == 0:
        raise ValueError(f'scores is empty: got shape {tuple(scores.shape)}')
    if verification is None:
        verification = torch.full((size,), -1)
    verification = check_verification(verification, labels).to(labels.device)
    present = labels.bincount(minlength=scores.shape[1]) > 0
    rows = torch.arange(size, device=labels.device)
    if size > _JUDGES:
        generator = torch.Generator().manual_seed(0)
        rows = torch.randperm(size, generator=generator)[:_JUDGES].to(labels.device)
    spread = (scores - scores.mean(dim=1, keepdim=True)).square().mean().sqrt()
    scale = max(1.0, float(spread) / _SPREAD)
    judged = labels[rows], verification[rows], present
    log_inverse, bias = _fit(scores[rows] / scale, *judged)
    bias = bias.masked_fill(~present, -torch.inf)
    model = NoiseModel(float(log_inverse.exp()) / scale, bias, torch.eye(len(bias)))
    transition = _transition(model, scores, labels, verification)
    return replace(model, transition=transition)


def _fit(
    scores: Tensor, labels: Tensor, verification: Tensor, present: Tensor
) -> tuple[Tensor, Tensor]:
    """The logarithm of the inverse temperature, and the biases (K,)."""
    allowed = _allowed(labels, verification, scores.shape[1])
    mean, deviation = _LOG_INVERSE
    log_inverse = scores.new_tensor(mean).requires_grad_()
    bias = scores.new_zeros(scores.shape[1]).requires_grad_()
    parameters = [log_inverse, bias]
    optimizer = torch.optim.LBFGS(
        parameters, max_iter=_STEPS, line_search_fn='strong_wolfe'
    )

    def loss() -> Tensor:
        optimizer.zero_grad()
        logits = log_inverse.exp() * scores + bias
        probs = logits.masked_fill(~present, -torch.inf).softmax(dim=1)
        counts = _joint_counts(probs, labels)
        likelihood = _normalised(counts, labels).T[labels] * allowed
        posterior = probs * likelihood
        posterior = posterior / posterior.sum(dim=1, keepdim=True).clamp_min(1e-30)
        counts = _joint_counts(posterior, labels)
        likelihood = _normalised(counts, labels).T[labels] * allowed
        evidence = (probs * likelihood).sum(dim=1).clamp_min(1e-30).log().sum()
        prior = ((log_inverse - mean) / deviation).square()
        prior = (prior + (bias / _BIAS_DEVIATION).square().sum()) / 2
        objective = (prior - evidence) / len(labels)
        objective.backward()
        return objective

    with torch.enable_grad():
        optimizer.step(loss)
    return log_inverse.detach(), bias.detach()


def _transition(
    model: NoiseModel, scores: Tensor, labels: Tensor, verification: Tensor
) -> Tensor:
    """What one EM step makes of the joint counts of all predictions and labels."""
    counts = scores.new_zeros(scores.shape[1], scores.shape[1])
    chunks = [
        (model.probs(s), y, _allowed(y, v, len(counts)))
        for s, y, v in zip(*(x.split(_CHUNK) for x in (scores, labels, verification)))
    ]
    first = sum((_joint_counts(probs, y) for probs, y, _ in chunks), counts)
    first, second = _normalised(first, labels), counts
    for probs, y, allowed in chunks:
        posterior = probs * first.T[y] * allowed
        posterior /= posterior.sum(dim=1, keepdim=True).clamp_min(1e-30)
        second = second + _joint_counts(posterior, y)
    return _normalised(second, labels)


def _joint_counts(probs: Tensor, labels: Tensor) -> Tensor:
    """(K, K): how many samples of each class carry each label, in expectation."""
    counts = probs.new_zeros(probs.shape[1], probs.shape[1])
    return counts.index_add(0, labels, probs).T


def _normalised(counts: Tensor, labels: Tensor) -> Tensor:
    """Rows that sum to 1, of counts and one more sample in each, labelled at random."""
    shares = labels.bincount(minlength=len(counts)).to(counts) / len(labels)
    counts = counts + shares
    return counts / counts.sum(dim=1, keepdim=True)


def _allowed(labels: Tensor, verification: Tensor, num_classes: int) -> Tensor:
    """(N, K) float64, 1 where a class can be the true one."""
    check_shape(verification, 'verification', len(labels))
    own = torch.nn.functional.one_hot(labels, num_classes).bool()
    right = (verification == 1)[:, None].to(own.device)
    wrong = (verification == 0)[:, None].to(own.device)
    return ((own | ~right) & ~(own & wrong)).double()
