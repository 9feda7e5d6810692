import importlib

import pytest

_MODULES = (
    'accuracy_curves',
    'class_graph',
    'density_similarity',
    'label_confusion',
    'nearest_classes',
    'noise_predictions',
    'rank_precision',
    'suspicious_images',
    'weighted_images',
)


@pytest.fixture
def figures(monkeypatch):
    """Collects the figures that are saved, to look into them."""
    collected = []
    for name in _MODULES:
        module = importlib.import_module(f'nl_plugins.visualization.{name}')
        monkeypatch.setattr(module, 'save_figure', _collecting(module, collected))
    return collected


def _collecting(module, collected):
    save_figure = module.save_figure

    def save(figure, path):
        collected.append(figure)
        return save_figure(figure, path)

    return save
