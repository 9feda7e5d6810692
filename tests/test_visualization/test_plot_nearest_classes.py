import numpy as np
import pytest
from matplotlib.colors import to_hex

from nl_plugins.visualization.colours import CORRECT, NEUTRAL
from nl_plugins.visualization.plot_nearest_classes import plot_nearest_classes

NAMES = ['cat', 'dog', 'truck', 'car $1']
ROWS = dict(WordNet=[9, 0.3, 0.1, 0.1], text=[0.0, 0.2, 0.9, -0.4])


def test_each_source_has_its_nearest_classes(tmp_path, figures):
    path = plot_nearest_classes(tmp_path / 'n.png', 0, ROWS, NAMES, count=2)
    assert path == str(tmp_path / 'n.png')
    left, right = figures[0].axes
    assert [axes.get_title() for axes in (left, right)] == ['WordNet', 'text']
    names = [[t.get_text() for t in axes.get_yticklabels()] for axes in (left, right)]
    assert names == [['dog', 'truck'], ['truck', 'dog']]
    assert [bar.get_width() for bar in right.patches] == [0.9, 0.2]
    assert left.yaxis_inverted()
    assert 'cat' in figures[0].get_suptitle()


def test_classes_that_all_sources_name_are_blue(tmp_path, figures):
    rows = dict(ROWS, vision=[0.0, 0.1, 0.9, 0.8])
    plot_nearest_classes(tmp_path / 'n.png', 0, rows, NAMES, count=2)
    colours = {
        bar_name.get_text(): to_hex(bar.get_facecolor()).upper()
        for axes in figures[0].axes
        for bar_name, bar in zip(axes.get_yticklabels(), axes.patches)
    }
    assert colours == {'dog': NEUTRAL, 'truck': CORRECT, 'car \\$1': NEUTRAL}


def test_no_more_than_there_are(tmp_path, figures):
    plot_nearest_classes(tmp_path / 'n.png', 3, ROWS, NAMES, count=50)
    names = [t.get_text() for t in figures[0].axes[0].get_yticklabels()]
    assert names == ['cat', 'dog', 'truck']


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(similarities={}), '0 sources'),
        (dict(label=4), 'class 4 of 4'),
        (dict(label=-1), 'class -1'),
        (dict(count=0), '0 neighbours'),
        (
            dict(similarities=dict(text=[1, 2])),
            r"'text' must have shape \(4,\), got \(2,\)",
        ),
        (
            dict(similarities=dict(text=[1, 2, 3, np.inf])),
            "'text' must be finite, got inf",
        ),
    ],
)
def test_errors_leave_no_file(tmp_path, changes, message):
    settings = dict(label=0, similarities=ROWS, class_names=NAMES)
    with pytest.raises(ValueError, match=message):
        plot_nearest_classes(tmp_path / 'n.png', **{**settings, **changes})
    assert not list(tmp_path.iterdir())
