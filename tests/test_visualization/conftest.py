import importlib

import pytest

_MODULES = (
    'plot_accuracy_curves',
    'plot_class_graph',
    'plot_density_similarity',
    'plot_label_confusion',
    'plot_nearest_classes',
    'plot_noise_predictions',
    'plot_rank_precision',
    'plot_suspicious_images',
    'plot_weighted_images',
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
