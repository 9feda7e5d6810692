"""Features with planted label noise that CleanNet must find."""

import torch

from nl_plugins.supervision.feature_bank import FeatureBank


def planted(
    num_classes=6, per_class=120, dim=16, nuisance=6, rate=0.4, verified=0.3, seed=0
):
    """Random centres of classes; half of the spread is in directions without meaning.

    Returns:
        The bank, given labels, verification, true labels.
    """
    generator = torch.Generator().manual_seed(seed)
    size = num_classes * per_class
    given = torch.arange(size) % num_classes
    flipped = torch.rand(size, generator=generator) < rate
    other = torch.randint(1, num_classes, (size,), generator=generator)
    true = torch.where(flipped, (given + other) % num_classes, given)
    centres = torch.randn(num_classes, dim, generator=generator)
    features = centres[true] + 0.4 * torch.randn(size, dim, generator=generator)
    features[:, :nuisance] = 2 * torch.randn(size, nuisance, generator=generator)
    looked_at = torch.rand(size, generator=generator) < verified
    verification = torch.where(looked_at, (given == true).long(), -1)
    bank = FeatureBank(size)
    bank.add(torch.arange(size), features)
    return bank, given, verification, true
