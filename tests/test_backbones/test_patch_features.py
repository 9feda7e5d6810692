"""Filters that are patches: against the equations, and what they are good for."""

import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.metrics import roc_auc_score
from torch.nn import functional

from nl_plugins.backbones.patch_features import PatchFeatures
from nl_plugins.functional import (
    corrupt_labels,
    fit_noise_model,
    leave_one_out_scores,
    symmetric_noise,
)

IMAGES = torch.rand(6, 3, 12, 12, generator=torch.Generator().manual_seed(0)) * 2 - 1


def fitted(images=IMAGES, **settings):
    network = PatchFeatures(**settings)
    network.fit(images)
    return network


def naive(network, image):
    """Patch by patch."""
    size, grid = network.size, network.grid
    count = image.shape[1] - size + 1
    maps = torch.zeros(network.num_filters, count, count)
    for y in range(count):
        for x in range(count):
            patch = image[:, y : y + size, x : x + size]
            patch = patch - patch.mean()
            patch = patch / (patch.square().mean() + 10 / 128**2).sqrt()
            alike = (network.filters * patch).sum(dim=(1, 2, 3)) - network.bias
            maps[:, y, x] = (alike - network.threshold).clamp_min(0)
    return functional.adaptive_avg_pool2d(maps, grid).flatten()


def test_forward_is_the_equation():
    network = fitted(num_filters=5, size=4, threshold=0.3, grid=3)
    features = network(IMAGES)[0]
    assert features.shape == (6, 45)
    for image, row in zip(IMAGES, features):
        torch.testing.assert_close(row, naive(network, image), atol=1e-5, rtol=1e-4)


def test_filters_whiten_the_patches():
    """What all filters together make of a patch is whitened: uncorrelated responses."""
    network = fitted(num_filters=27, size=3, threshold=0.0)
    patches = functional.unfold(IMAGES, 3).transpose(1, 2).reshape(-1, 27).double()
    patches = patches - patches.mean(dim=1, keepdim=True)
    contrast = patches.square().mean(dim=1, keepdim=True) + 10 / 128**2
    patches = patches / contrast.sqrt()
    kernels = network.filters.reshape(27, 27).double()
    # W d has W^T W = (cov + 0.1)^-1, and filters d of length 1 before W is undone
    cov = patches.T.cov(correction=0) + 0.1 * torch.eye(27)
    lengths = torch.einsum('fi,ij,fj->f', kernels, cov, kernels)
    torch.testing.assert_close(lengths, torch.ones(27).double(), atol=0.05, rtol=0)


def test_the_same_again_and_in_a_checkpoint():
    network, again, loaded = fitted(), fitted(), PatchFeatures()
    assert torch.equal(network.filters, again.filters)
    assert not torch.equal(network.filters, loaded.filters)
    loaded.load_state_dict(network.state_dict())
    assert torch.equal(network(IMAGES)[0], loaded(IMAGES)[0])


def test_constant_images_are_no_trouble():
    network = fitted(torch.zeros(2, 3, 8, 8), num_filters=4)
    assert torch.isfinite(network(torch.ones(1, 3, 8, 8))[0]).all()


def test_small_images_are_refused():
    with pytest.raises(ValueError, match='smaller than patches of 6'):
        PatchFeatures().fit(torch.zeros(2, 3, 5, 9))


def test_wrong_labels_of_digits_are_found():
    digits = load_digits()
    pixels = torch.from_numpy(digits.images[:400] / 8 - 1).float()[:, None]
    images = functional.interpolate(pixels, size=16, mode='bilinear')
    true = torch.from_numpy(digits.target[:400]).long()
    given = corrupt_labels(true, symmetric_noise(10, 0.3), seed=0)
    network = fitted(images, in_channels=1, num_filters=64)
    scores = leave_one_out_scores(network(images)[0], given, 10)
    posterior = fit_noise_model(scores, given).posterior(scores, given)
    own = posterior.gather(1, given[:, None])[:, 0]
    assert roc_auc_score(given != true, -own) > 0.97
