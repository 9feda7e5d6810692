import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.image import imread

from nl_plugins.visualization.colours import CORRECT, HIGHLIGHT, WRONG
from nl_plugins.visualization.plot_density_similarity import plot_density_similarity

DENSITY = np.array([5, 3, 1, -4])
SIMILARITY = np.array([0.1, 0.9, 0.8, 0.7])


def test_the_prototypes_are_red_and_the_rest_is_not(tmp_path, figures):
    path = plot_density_similarity(tmp_path / 'p.png', DENSITY, SIMILARITY, [0, 2])
    assert imread(path).ndim == 3
    (axes,) = figures[0].axes
    samples, prototypes = axes.collections
    assert samples.get_offsets().tolist() == [[3, 0.9], [-4, 0.7]]
    assert prototypes.get_offsets().tolist() == [[5, 0.1], [1, 0.8]]
    assert to_hex(prototypes.get_facecolor()).upper() == HIGHLIGHT
    assert 'Density' in axes.get_xlabel()
    assert 'Similarity' in axes.get_ylabel()


def test_right_and_wrong_labels_are_told_apart(tmp_path, figures):
    clean = [True, True, False, False]
    path = str(tmp_path / 'new' / 'p.png')
    written = plot_density_similarity(
        path, DENSITY, SIMILARITY, [0], clean, title='Class $1$\n'
    )
    assert written == path
    histogram, scatter = figures[0].axes
    texts = [text.get_text() for text in histogram.get_legend().get_texts()]
    assert texts == ['Right label (2)', 'Wrong label (2)']
    right, wrong, _ = scatter.collections
    assert right.get_offsets().tolist() == [[3, 0.9]]
    assert wrong.get_offsets().tolist() == [[1, 0.8], [-4, 0.7]]
    assert to_hex(right.get_facecolor()).upper() == CORRECT
    assert to_hex(wrong.get_facecolor()).upper() == WRONG
    assert figures[0].get_suptitle() == r'Class \$1\$\n'


def test_tensors(tmp_path):
    import torch

    columns = (torch.tensor(DENSITY), torch.tensor(SIMILARITY), torch.tensor([0]))
    assert plot_density_similarity(tmp_path / 'p.svg', *columns, torch.ones(4) > 0)
    assert (tmp_path / 'p.svg').read_text().startswith('<?xml')


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (
            dict(similarity=[0.5]),
            r'similarity must have shape \(4,\), got \(1,\)',
        ),
        (
            dict(similarity=[0.5, np.nan, 0, 0]),
            r'similarity must be finite, got nan at \[1\]',
        ),
        (dict(density=[]), r'density must have shape \(1,\), got \(0,\)'),
        (dict(prototypes=[4]), 'prototype 4 is none of 4'),
        (dict(prototypes=[-1]), 'prototype -1'),
        (dict(clean=[True]), 'clean must have shape'),
    ],
)
def test_errors_leave_no_file(tmp_path, changes, message):
    settings = dict(density=DENSITY, similarity=SIMILARITY, prototypes=[0])
    settings.update(changes)
    with pytest.raises(ValueError, match=message):
        plot_density_similarity(tmp_path / 'p.png', **settings)
    assert not list(tmp_path.iterdir())
