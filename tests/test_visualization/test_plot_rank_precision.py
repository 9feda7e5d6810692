import numpy as np
import pytest

from nl_plugins.visualization.plot_rank_precision import plot_rank_precision


def test_the_curve_and_what_to_compare_it_with(tmp_path, figures):
    precision = [1.0, 0.5, 2 / 3]
    path = plot_rank_precision(tmp_path / 'r.png', precision, 0.4, 'a\nb')
    assert path == str(tmp_path / 'r.png')
    axes = figures[0].axes[0]
    curve, level = axes.lines
    np.testing.assert_array_equal(curve.get_xdata(), [1, 2, 3])
    np.testing.assert_array_equal(curve.get_ydata(), precision)
    assert set(level.get_ydata()) == {0.4}
    assert axes.texts[0].get_text() == 'all samples: 0.40'
    assert axes.get_title() == 'a\\nb'


@pytest.mark.parametrize(
    ('precision', 'base_rate', 'message'),
    [
        ([], 0.4, r'must have shape \(1,\), got \(0,\)'),
        ([[0.5]], 0.4, r'got \(1, 1\)'),
        ([1.2], 0.4, r'lie in \[0, 1\]'),
        ([float('nan')], 0.4, 'precision must be finite'),
        ([0.5], -1, r'base_rate must lie in \[0, 1\]'),
    ],
)
def test_errors(tmp_path, precision, base_rate, message):
    with pytest.raises(ValueError, match=message):
        plot_rank_precision(tmp_path / 'r.png', precision, base_rate)
    assert not list(tmp_path.iterdir())
