import importlib
from pathlib import Path

import pytest

import nl_plugins.visualization

FOLDER = Path(nl_plugins.visualization.__file__).parent


@pytest.fixture
def figures(monkeypatch):
    """Collects the figures that are saved, to look into them."""
    collected = []
    for path in FOLDER.glob('plot_*.py'):
        module = importlib.import_module(f'nl_plugins.visualization.{path.stem}')
        monkeypatch.setattr(module, 'save_figure', _collecting(module, collected))
    return collected


def _collecting(module, collected):
    save_figure = module.save_figure

    def save(figure, path):
        collected.append(figure)
        return save_figure(figure, path)

    return save
