import numpy as np
import pytest
from matplotlib.colors import to_hex

from nl_plugins.visualization.colours import CORRECT, WRONG
from nl_plugins.visualization.plot_weighted_images import (
    WeightedImage,
    plot_weighted_images,
)


def image(value, weight=0.5, right=None, shape=(5, 4, 3)):
    return WeightedImage(np.full(shape, value, np.uint8), weight, right)


def shown(figure):
    return [axes for axes in figure.axes if axes.images]


def test_a_row_for_each_class_with_best_and_worst(tmp_path, figures):
    best = [[image(10, 1.312, True), image(20, 1.2)], [image(30)]]
    worst = [[image(40, 0.0, False)], [image(50, 0.01, shape=(5, 4))]]
    path = tmp_path / 'w.png'
    names = ['cat', 'a dog $1\nof many words']
    assert plot_weighted_images(path, names, best, worst) == str(path)
    panels = shown(figures[0])
    assert len(figures[0].axes) == 2 * 4
    titles = [axes.get_title() for axes in panels]
    assert titles == ['1.31 ✓', '1.20', '0.00 ✗', '0.50', '0.01']
    values = [int(axes.images[0].get_array().flat[0]) for axes in panels]
    assert values == [10, 20, 40, 30, 50]
    colours = [to_hex(axes.title.get_color()).upper() for axes in panels]
    assert (colours[0], colours[2]) == (CORRECT, WRONG)
    texts = [text.get_text() for axes in figures[0].axes for text in axes.texts]
    assert 'cat' in texts
    assert 'a dog \\$1\\nof ma…' in texts
    assert {'Highest weights', 'Lowest weights'} <= set(texts)


@pytest.mark.parametrize(
    ('names', 'best', 'worst', 'message'),
    [
        (['a', 'b'], [[image(1)]], [[image(1)]], '2 names, 1 best and 1 worst'),
        ([], [], [], 'no images'),
        (['a'], [[]], [[image(1)]], 'no images'),
        (
            ['a'],
            [[image(1)]],
            [[image(1, shape=(3, 4, 5))]],
            r'worst image of a.*\(3, 4',
        ),
    ],
)
def test_errors_leave_no_file(tmp_path, names, best, worst, message):
    with pytest.raises(ValueError, match=message):
        plot_weighted_images(tmp_path / 'w.png', names, best, worst)
    assert not list(tmp_path.iterdir())


def test_a_long_title_moves_no_image_and_nothing_is_minus_zero(tmp_path, figures):
    rows = [[image(1, -0.001)] * 3] * 2
    plot_weighted_images(
        tmp_path / 'w.png', ['a', 'b'], rows, rows, ('long ' * 12, 'Lowest')
    )
    (figure,) = figures
    boxes = [axes.get_window_extent() for axes in shown(figure)[:3]]
    gaps = [after.x0 - before.x1 for before, after in zip(boxes, boxes[1:])]
    assert gaps[0] == pytest.approx(gaps[1], abs=1)
    assert shown(figure)[0].get_title() == '0.00'
    (title,) = [t for axes in figure.axes for t in axes.texts if 'long' in t.get_text()]
    assert title.get_window_extent().y1 <= figure.bbox.y1
    assert title.get_window_extent().y0 > shown(figure)[0].title.get_window_extent().y1
