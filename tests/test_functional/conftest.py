import pytest
import torch


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(0)


@pytest.fixture
def features(generator):
    """(40, 6) float64: three directions with spread, so that densities differ."""
    centers = torch.randn(3, 6, generator=generator, dtype=torch.float64)
    noise = torch.randn(40, 6, generator=generator, dtype=torch.float64)
    return centers[torch.arange(40) % 3] * 2 + noise
