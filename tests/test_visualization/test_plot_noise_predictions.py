import numpy as np
import pytest

from nl_plugins.visualization.plot_noise_predictions import plot_noise_predictions

NAMES = ['ant', 'bee $1', 'a name\nof two lines', 'dog', 'eel']
PROBS = np.array([[0.6, 0.3, 0.1, 0, 0], [0.1, 0.1, 0.1, 0.1, 0.6], [0.2] * 5])
POSTERIOR = np.array([[0.1, 0.0, 0.0, 0.9, 0], [0, 0, 0, 0.4, 0.6], [0.2] * 5])
TYPES = np.array([[0.5, 0.2, 0.3], [1, 0, 0], [0, 0, 1]])


def plot(path, **changes):
    settings = dict(
        images=[np.full((4, 4, c), 9, dtype=np.uint8) for c in (1, 3, 3)],
        noisy=[3, 4, 0],
        class_probs=PROBS,
        class_posterior=POSTERIOR,
        class_names=NAMES,
        type_probs=TYPES,
        type_posterior=TYPES[::-1],
    )
    settings.update(changes)
    return plot_noise_predictions(path, **settings)


def bars(axes):
    """Widths of the two groups of bars by the labels beside them."""
    groups = [[bar.get_width() for bar in group] for group in axes.containers]
    return dict(zip((t.get_text() for t in axes.get_yticklabels()), zip(*groups)))


def test_each_block_shows_image_classes_and_types(tmp_path, figures):
    path = plot(tmp_path / 'p.png', true=[0, -1, 2], top=3)
    assert path == str(tmp_path / 'p.png')
    axes = figures[0].axes  # two rows of two blocks of three
    assert len(axes) == 12
    assert axes[0].get_title() == 'noisy: dog\ntrue: ant'
    assert axes[3].get_title() == 'noisy: eel'
    assert axes[6].get_title() == 'noisy: ant\ntrue: a name\\nof …'
    assert axes[0].images[0].get_array().shape == (4, 4)
    # the largest of prediction or posterior first; a star at the noisy label
    assert bars(axes[1]) == {'dog *': (0, 0.9), 'ant': (0.6, 0.1), 'bee \\$1': (0.3, 0)}
    assert list(bars(axes[7])) == ['ant *', 'bee \\$1', 'a name\\nof …']
    want = {'noise free': (0.5, 0), 'random': (0.2, 0), 'confusing': (0.3, 1)}
    assert bars(axes[2]) == want
    assert not any(panel.axison for panel in axes[9:])


def test_without_noise_types(tmp_path, figures):
    plot(tmp_path / 'p.png', type_probs=None, type_posterior=None)
    assert len(figures[0].axes) == 8
    assert len(bars(figures[0].axes[1])) == 4


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(images=[]), 'there are no images'),
        (dict(noisy=[0]), 'noisy has 1 values for 3 images'),
        (dict(true=[0]), 'true has 1 values for 3 images'),
        (dict(noisy=[0, 1, 5]), r'noisy\[2\] = 5 has no class name'),
        (dict(noisy=[0, 1, -1]), r'noisy\[2\] = -1 has no class name'),
        (dict(true=[0, -2, 1]), r'true\[1\] = -2 has no class name'),
        (
            dict(class_probs=PROBS[:2]),
            r'class_probs must have shape \(3, 5\), got \(2, 5\)',
        ),
        (
            dict(type_posterior=TYPES[:, :2]),
            r'type_posterior must have shape \(3, 3\), got \(3, 2\)',
        ),
    ],
)
def test_errors(tmp_path, changes, message):
    with pytest.raises(ValueError, match=message):
        plot(tmp_path / 'p.png', **changes)
    assert not list(tmp_path.iterdir())
