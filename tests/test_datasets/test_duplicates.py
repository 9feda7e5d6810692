"""Lists of images that are one picture, by the paths of the samples."""

import pytest

from nl_plugins.datasets.duplicates import read_duplicates

PATHS = [f'images/{name}.png' for name in ('a/1', 'a/2', 'b/1', 'b/=3', 'c/4', 'd/5')]


def test_pairs_link_samples(write):
    rows = 'a/1.png,b/1.png,x', 'b/1.png,b/=3.png,y', 'a/2.png,gone.png,z', ',,z'
    path = write('img_path,other_path,kind\n' + '\n'.join(rows) + '\n')
    found = read_duplicates(path, PATHS).tolist()
    assert found[0] == found[2] == found[3]
    assert len({*found}) == 4


def test_a_list_of_no_pairs(write):
    path = write('img_path,other_path\n')
    assert read_duplicates(path, PATHS).tolist() == [*range(6)]
    path = write('img_path,other_path\n,\n')
    assert read_duplicates(path, [''] * 4).tolist() == [*range(4)]


def test_a_list_of_other_images_is_refused(write, tmp_path):
    path = write('img_path,other_path\nx.png,y.png\n')
    with pytest.raises(
        ValueError, match="none of its 2, such as 'x.png', .* 'images/a"
    ):
        read_duplicates(path, PATHS)
    with pytest.raises(ValueError, match='other_path'):
        read_duplicates(write('img_path\nx.png\n'), PATHS)
    with pytest.raises(FileNotFoundError):
        read_duplicates(tmp_path / 'gone.csv', PATHS)
