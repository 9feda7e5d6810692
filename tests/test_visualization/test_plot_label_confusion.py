import numpy as np
import pytest

from nl_plugins.visualization.plot_label_confusion import plot_label_confusion

MATRIX = np.array([[0.7, 0.1, 0.0], [0.3, 0.899, 0.2], [0.0, 0.001, 0.8]])
NAMES = ['ant', 'bee $1', 'a name\nof two lines']


def test_columns_are_true_labels_in_per_cent(tmp_path, figures):
    path = plot_label_confusion(
        tmp_path / 'c.png', MATRIX, NAMES, [10, 2000, 3], 'x $y'
    )
    assert path == str(tmp_path / 'c.png')
    axes = figures[0].axes[0]
    np.testing.assert_array_equal(axes.images[0].get_array(), MATRIX)
    numbers = {text.get_position(): text.get_text() for text in axes.texts}
    # (column, row); 0.1 per cent is extremely small and hidden
    assert numbers == {
        (0, 0): '70',
        (0, 1): '30',
        (1, 0): '10',
        (1, 1): '90',
        (2, 1): '20',
        (2, 2): '80',
    }
    assert (axes.get_xlabel(), axes.get_ylabel()) == ('True label', 'Noisy label')
    names = ['ant', 'bee \\$1', 'a name\\nof two …']
    assert [label.get_text() for label in axes.get_xticklabels()] == names
    assert [label.get_text() for label in axes.get_yticklabels()] == names
    assert axes.get_title() == 'x \\$y'
    top = axes.child_axes[0]
    assert [label.get_text() for label in top.get_xticklabels()] == ['10', '2,000', '3']


def test_many_classes_are_shown_without_numbers(tmp_path, figures):
    plot_label_confusion(tmp_path / 'c.png', np.eye(40), [str(i) for i in range(40)])
    axes = figures[0].axes[0]
    assert not axes.texts
    assert axes.images[0].get_array().shape == (40, 40)


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (
            dict(matrix=MATRIX[:2]),
            r'of 3 classes must have shape \(3, 3\), got \(2, 3\)',
        ),
        (dict(matrix=MATRIX.T), 'column 0 of the matrix is no distribution'),
        (dict(matrix=MATRIX * np.nan), r'must be finite, got nan at \[0, 0\]'),
        (
            dict(class_names=NAMES[:2]),
            r'of 2 classes must have shape \(2, 2\), got \(3, 3\)',
        ),
        (dict(frequencies=[1]), '1 frequencies for 3 classes'),
    ],
)
def test_errors(tmp_path, changes, message):
    arguments = {'matrix': MATRIX, 'class_names': NAMES, **changes}
    with pytest.raises(ValueError, match=message):
        plot_label_confusion(tmp_path / 'c.png', **arguments)
    assert not list(tmp_path.iterdir())
