import numpy as np
import pytest

from nl_plugins.visualization.plot_class_graph import clustered_order, plot_class_graph

NAMES = ['cat', 'truck $1', 'dog\nof two lines', 'car']
# cats and dogs, trucks and cars
GRAPH = np.array(
    [[1, 0, 0.8, 0.1], [0, 1, 0.1, 0.7], [0.8, 0.1, 1, 0], [0.1, 0.7, 0, 1]]
)


def test_similar_classes_are_side_by_side(tmp_path, figures):
    path = plot_class_graph(tmp_path / 'g.png', GRAPH, NAMES, title='by $text')
    assert path == str(tmp_path / 'g.png')
    axes, _ = figures[0].axes
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert {*names[:2]} in ({'cat', 'dog\\nof two lines'}, {'truck \\$1', 'car'})
    assert names == [label.get_text() for label in axes.get_xticklabels()]
    assert axes.get_title() == r'by \$text'
    shown = np.asarray(axes.images[0].get_array().filled(np.nan))
    assert np.isnan(np.diagonal(shown)).all()
    order = clustered_order(GRAPH)
    assert shown[0, 1] == GRAPH[order[0], order[1]] >= 0.7
    assert np.nanmax(shown) == 0.8  # the scale is not that of the diagonal


def test_the_matrix_of_the_caller_stays_and_need_not_be_symmetric(tmp_path):
    import torch

    graph = torch.rand(5, 5, generator=torch.Generator().manual_seed(0))
    copy = graph.clone()
    plot_class_graph(tmp_path / 'g.svg', graph, list('abcde'))
    assert torch.equal(graph, copy)
    assert (tmp_path / 'g.svg').read_text().startswith('<?xml')


def test_many_classes_have_no_names(tmp_path, figures):
    rng = np.random.default_rng(0)
    plot_class_graph(tmp_path / 'g.png', rng.random((130, 130)), ['x'] * 130)
    axes = figures[0].axes[0]
    assert not axes.get_yticklabels()
    assert axes.get_xlabel() == '130 classes'


@pytest.mark.parametrize(
    ('similarity', 'names', 'message'),
    [
        (np.ones((2, 3)), 'ab', r'of 2 classes must have shape \(2, 2\), got \(2, 3\)'),
        (np.ones((1, 1)), 'a', 'two classes or more, got 1'),
        (
            np.ones((2, 2)),
            'abc',
            r'of 3 classes must have shape \(3, 3\), got \(2, 2\)',
        ),
        (
            np.array([[1, 0], [np.nan, 1]]),
            'ab',
            r'similarity of 2 classes must be finite, got nan at \[1, 0\]',
        ),
    ],
)
def test_errors_leave_no_file(tmp_path, similarity, names, message):
    with pytest.raises(ValueError, match=message):
        plot_class_graph(tmp_path / 'g.png', similarity, list(names))
    assert not list(tmp_path.iterdir())
