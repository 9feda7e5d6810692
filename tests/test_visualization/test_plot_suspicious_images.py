import numpy as np
import pytest
from matplotlib.colors import to_hex

from nl_plugins.visualization.colours import CORRECT, WRONG
from nl_plugins.visualization.plot_suspicious_images import plot_suspicious_images

NAMES = ['ant', 'bee $1', 'a name\nof two lines']


def images(count):
    shapes = [(5, 4), (5, 4, 1), (5, 4, 3)]
    return [np.full(shapes[i % 3], 40 * i, dtype=np.uint8) for i in range(count)]


def plot(path, **changes):
    settings = dict(
        images=images(3),
        given=[0, 1, 2],
        suggested=[1, 2, 0],
        scores=[0.016, 0.5, 1],
        class_names=NAMES,
    )
    settings.update(changes)
    return plot_suspicious_images(path, **settings)


def shown(figure):
    return [axes for axes in figure.axes if axes.images]


def test_captions_say_given_suggested_and_score(tmp_path, figures):
    path = plot(tmp_path / 'sheet.png')
    assert path == str(tmp_path / 'sheet.png')
    captions = [axes.get_title() for axes in shown(figures[0])]
    assert captions == [
        'ant\n→ bee \\$1 (0.02)',
        'bee \\$1\n→ a name\\nof tw… (0.50)',
        'a name\\nof tw…\n→ ant (1.00)',
    ]


def test_a_class_without_a_name_has_its_number(tmp_path, figures):
    plot(tmp_path / 'sheet.png', class_names=['ant', '', ' \u2009'])
    captions = [axes.get_title() for axes in shown(figures[0])]
    assert captions[0] == 'ant\n→ class 1 (0.02)'
    assert captions[1] == 'class 1\n→ class 2 (0.50)'


def test_captions_name_the_file_and_suggest_nothing_new(tmp_path, figures):
    names = ['a.jpg', 'x' * 30, '$\n.png']
    plot(tmp_path / 'sheet.png', suggested=[0, 2, 2], file_names=names)
    assert [axes.get_title() for axes in shown(figures[0])] == [
        'a.jpg\nant\n(0.02)',
        'x' * 19 + '…\nbee \\$1\n→ a name\\nof tw… (0.50)',
        '\\$\\n.png\na name\\nof tw…\n(1.00)',
    ]


def test_the_colour_and_mark_say_whether_the_suggestion_is_right(tmp_path, figures):
    plot(tmp_path / 'sheet.png', true=[1, 0, 0])
    axes = shown(figures[0])
    colours = [to_hex(panel.title.get_color()).upper() for panel in axes]
    assert colours == [CORRECT, WRONG, CORRECT]
    assert [panel.get_title()[-1] for panel in axes] == ['✓', '✗', '✓']
    assert 'Right suggestions: 2 of 3' in figures[0].get_suptitle()


def test_unknown_true_labels_judge_nothing(tmp_path, figures):
    plot(tmp_path / 'sheet.png', true=[1, -1, 1])
    colours = [to_hex(axes.title.get_color()).upper() for axes in shown(figures[0])]
    assert colours == [CORRECT, '#000000', WRONG]
    assert 'Right suggestions: 1 of 2' in figures[0].get_suptitle()


def test_images_are_shown_as_they_are(tmp_path, figures):
    pixels = np.random.default_rng(0).integers(0, 256, (5, 4, 3), dtype=np.uint8)
    plot(tmp_path / 's.png', images=[pixels, pixels[..., :1], pixels[..., 0]])
    colour, grey, flat = (axes.images[0] for axes in shown(figures[0]))
    np.testing.assert_array_equal(colour.get_array(), pixels)
    np.testing.assert_array_equal(grey.get_array(), pixels[..., 0])
    np.testing.assert_array_equal(flat.get_array(), pixels[..., 0])
    assert grey.get_clim() == (0, 255)  # a dark image stays dark


def test_the_last_row_may_be_short(tmp_path, figures):
    settings = dict(images=images(7), given=[0] * 7, suggested=[1] * 7, scores=[0] * 7)
    plot(tmp_path / 'sheet.png', columns=3, **settings)
    assert len(figures[0].axes) == 9
    assert len(shown(figures[0])) == 7
    assert not any(axes.axison for axes in figures[0].axes[7:])


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(images=[]), '0 images'),
        (dict(columns=0), '0 columns'),
        (dict(given=[0, 1]), 'given has 2 values for 3 images'),
        (dict(true=[0]), 'true has 1 values'),
        (dict(file_names=['a']), 'file_names has 1 values for 3 images'),
        (dict(suggested=[0, 3, 1]), r'suggested\[1\] = 3 has no class name'),
        (dict(given=[0, 0, -1]), r'given\[2\] = -1'),
        (dict(images=[np.zeros((5, 4))] * 3), 'image 0 is float64'),
        (dict(images=[np.zeros((3, 5, 4), np.uint8)] * 3), r'shape \(3, 5, 4\)'),
    ],
)
def test_errors(tmp_path, changes, message):
    with pytest.raises(ValueError, match=message):
        plot(tmp_path / 'sheet.png', **changes)
    assert not list(tmp_path.iterdir())
