"""Confidence in the true class, by a network that was trained on noisy labels."""

import torch
from torch import Tensor, nn

from ...functional import fit_noise_model
from ...supervision.gather import merge_columns
from ...supervision.predictions import log_of
from ...supervision.walk import Walk, WalkBatch
from .label_confidence import Judge

__all__ = ['noise_corrected']

MOST_JUDGES = 20_000  # as many as `fit_noise_model` looks at for its temperature


def noise_corrected(
    walk: Walk, model: nn.Module, given: Tensor, verification: Tensor
) -> Judge:
    """A judge whose scores are p(true class = label | image, label).

    A network that fits noisy labels well is as sure of a label as labels are right:
    0.8 at most where a fifth of them is wrong at random, whatever the image. Here its
    log-probabilities are calibrated with the noise modelled
    (:func:`~nl_plugins.functional.fit_noise_model`, on up to 20,000 of the samples,
    drawn by a fixed seed, in a walk of its own) and joined with the label. The
    suggested label is the likeliest class. They are predictions on what the network was
    trained on, so they come too close to the labels once it has memorised some.

    Args:
        walk: Goes over the N training samples.
        model: The network, without a wrapper.
        given: (N,) given labels.
        verification: (N,) in {1, 0, -1}.
    """
    drawn = torch.Generator().manual_seed(0)
    rows = torch.randperm(len(given), generator=drawn)[:MOST_JUDGES].sort().values
    seen = [(b.rows, log_of(b.probs)) for b in walk(model, rows.tolist())]
    places = torch.searchsorted(rows, torch.cat([each for each, _ in seen]))
    scores = torch.cat([each.cpu() for _, each in seen])
    found = merge_columns(len(rows), places, dict(scores=scores))
    known = rows[found.known]
    evidence = given[known].long(), verification[known]
    noise = fit_noise_model(found['scores'][found.known], *evidence)

    def decide(batch: WalkBatch, labels: Tensor) -> dict[str, Tensor]:
        posterior = noise.posterior(log_of(batch.probs), labels)
        own = posterior.gather(1, labels[:, None])[:, 0]
        return dict(scores=own.float(), suggested=posterior.argmax(dim=1))

    return decide
