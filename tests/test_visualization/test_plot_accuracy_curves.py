import numpy as np
import pytest
from matplotlib import _pylab_helpers

from nl_plugins.visualization.plot_accuracy_curves import plot_accuracy_curves


def labels(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_the_line_is_the_mean_and_the_band_goes_from_least_to_most(tmp_path, figures):
    curves = {'SMP': [[(1, 50), (2, 60)], [(2, 80), (1, 52)], [(1, 54), (2, 70)]]}
    plot_accuracy_curves(tmp_path / 'c.png', curves, ylabel='Label accuracy')
    (axes,) = figures[0].axes
    (line,) = axes.lines
    assert line.get_xydata().tolist() == [[1, 52], [2, 70]]
    (band,) = axes.collections
    vertices = {tuple(vertex) for vertex in band.get_paths()[0].vertices.tolist()}
    assert vertices == {(1, 50), (1, 54), (2, 60), (2, 80)}
    assert labels(figures[0]) == ['SMP (3 runs)']
    assert (axes.get_xlabel(), axes.get_ylabel()) == ('Epoch', 'Label accuracy')


def test_one_run_has_no_band(tmp_path, figures):
    plot_accuracy_curves(tmp_path / 'c.png', {'CE': [[(1, 50), (2, 60)]]})
    assert not figures[0].axes[0].collections
    assert labels(figures[0]) == ['CE']


def test_epochs_that_a_run_lacks_are_left_out(tmp_path, figures):
    curves = {'CE': [[(1, 50), (2, 60), (3, 99)], [(0, 1), (2, 70), (1, 40)]]}
    plot_accuracy_curves(tmp_path / 'c.png', curves)
    assert figures[0].axes[0].lines[0].get_xydata().tolist() == [[1, 45], [2, 65]]


def test_many_and_hostile_names_all_stay_in_the_legend(tmp_path, figures):
    names = ['$\\alpha', '_hidden', 'two\nlines', *(f'method {i}' for i in range(9))]
    curves = {name: [[(1, i), (2, i + 1)]] for i, name in enumerate(names)}
    plot_accuracy_curves(tmp_path / 'c.png', curves)
    assert labels(figures[0])[:3] == ['\\$\\alpha', ' _hidden', 'two\\nlines']
    assert len(labels(figures[0])) == 12
    looks = {
        (line.get_color(), line.get_linestyle()) for line in figures[0].axes[0].lines
    }
    assert len(looks) == 12


def test_nothing_global_is_touched(tmp_path):
    plot_accuracy_curves(tmp_path / 'c.png', {'CE': [[(1, 50)]]})
    assert not _pylab_helpers.Gcf.figs  # what pyplot keeps


def test_an_error_while_drawing_keeps_the_old_picture(tmp_path):
    path = tmp_path / 'c.nonsense'
    path.write_text('old')
    with pytest.raises(ValueError, match='nonsense'):
        plot_accuracy_curves(path, {'CE': [[(1, 50)]]})
    assert path.read_text() == 'old'
    assert [file.name for file in tmp_path.iterdir()] == ['c.nonsense']


@pytest.mark.parametrize(
    ('curves', 'message'),
    [
        ({}, 'no curves'),
        ({'CE': []}, "runs of 'CE' share no epoch"),
        ({'CE': [[(1, 2)], [(2, 2)]]}, 'share no epoch'),
        ({'CE': [[(1, np.nan)]]}, "'CE' has a value that is not finite"),
    ],
)
def test_errors(tmp_path, curves, message):
    with pytest.raises(ValueError, match=message):
        plot_accuracy_curves(tmp_path / 'c.png', curves)
