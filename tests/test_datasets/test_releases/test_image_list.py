import numpy as np
import pytest

from nl_plugins.datasets.releases.image_list import read_image_list, repeated_rows
from nl_plugins.datasets.string_column import StringColumn


def test_paths_and_labels(write):
    path = write('google/q0001/a b.jpg 3\ngoogle/größe.jpg 0\nx 4\n')
    paths, labels = read_image_list(path, 5)
    assert list(paths) == ['google/q0001/a b.jpg', 'google/größe.jpg', 'x']
    assert (labels.dtype, labels.tolist()) == (np.int32, [3, 0, 4])
    with pytest.raises(ValueError, match=r"labels\.txt, line 3: '4' is no label .0 to"):
        read_image_list(path, 4)


def repeats(names, labels):
    found = repeated_rows('f', StringColumn.from_strings(names), np.array(labels))
    return found.tolist()


def test_repeated_rows():
    assert repeats(['a', 'b', 'c'], [1, 1, 1]) == []
    assert repeats(['a', 'b', 'a', 'c', 'b', 'a'], [1, 0, 1, 1, 0, 1]) == [2, 4, 5]
    assert repeats([''], [0]) == []


def test_a_name_with_two_labels():
    with pytest.raises(ValueError, match="f, line 4: 'a' has 2 here, but 1 on line 2"):
        repeats(['b', 'a', 'b', 'a'], [0, 1, 0, 2])


def test_names_of_one_hash_are_told_apart(monkeypatch):
    import nl_plugins.datasets.releases.image_list as image_list

    monkeypatch.setattr(image_list, 'hash', lambda name: 7, raising=False)
    assert repeats(['a', 'b', 'a', 'c'], [1, 2, 1, 3]) == [2]
