import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from nl_plugins.visualization.text import plain_text


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('tench, Tinca tinca', 'tench, Tinca tinca'),
        ('中文 größe', '中文 größe'),
        ('line\nbreak\ttab', r'line\nbreak\ttab'),
        ('\x00\x1b[31m', r'\x00\x1b[31m'),
        ('right-to-left \u202e', r'right-to-left \u202e'),
        ('\u2028\u2029', r'\u2028\u2029'),
        ('not utf-8 \udcff', r'not utf-8 \udcff'),
        ('$x^2$', r'\$x^2\$'),
        (7, '7'),
    ],
)
def test_escapes(text, expected):
    assert plain_text(text) == expected


def test_long_text_is_cut():
    assert plain_text('a' * 60) == 'a' * 60
    assert plain_text('a' * 61) == 'a' * 59 + '…'
    assert plain_text('$' * 20, 5) == r'\$\$\$\$…'


@pytest.mark.parametrize('text', ['$', '$\\frac$', '$$', r'\$a$b', '$\\undefined{$'])
def test_matplotlib_draws_it_as_it_is(text):
    figure = Figure()
    canvas = FigureCanvasAgg(figure)
    drawn = figure.text(0, 0, plain_text(text))
    canvas.draw()
    assert drawn._preprocess_math(drawn.get_text()) == (text, False)
