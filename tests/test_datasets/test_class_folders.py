import os
from collections import namedtuple

import pytest

from nl_plugins.datasets.class_folders import find_images

Found = namedtuple('Found', 'paths labels classes notes')


def make(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return str(root)


def find(root, classes=None):
    return Found(*find_images(root, ('.jpg', '.png'), classes))


def test_classes_are_the_sorted_folders(tmp_path):
    found = find(make(tmp_path, 'dog/1.jpg', 'cat/2.PNG', 'cat/sub/1 ,"größe.jpg'))
    assert found.classes == ('cat', 'dog')
    assert found.paths == ['cat/2.PNG', 'cat/sub/1 ,"größe.jpg', 'dog/1.jpg']
    assert found.labels.tolist() == [0, 0, 1]
    assert found.notes == []


def test_what_is_left_out_is_noted(tmp_path):
    root = make(
        tmp_path, 'cat/1.jpg', 'cat/readme.txt', 'dog/1.jpg', 'ox/1.jpg', 'x.jpg'
    )
    found = find(root, ['dog', 'cat'])
    assert found.paths == ['cat/1.jpg', 'dog/1.jpg']
    assert found.labels.tolist() == [1, 0]
    assert found.notes == [
        "1 files are no images by their names ('cat/readme.txt'): left out; if all "
        "files are images, give the dataset extensions=['']",
        "2 images are in no folder of a class ('ox/1.jpg', 'x.jpg'): left out",
    ]


def test_hidden_files_and_folders_are_passed_over(tmp_path):
    root = make(
        tmp_path,
        'cat/1.jpg',
        'cat/._1.jpg',
        'cat/.ipynb_checkpoints/1-checkpoint.jpg',
        '.git/1.jpg',
    )
    found = find(root)
    assert (found.paths, found.notes) == (['cat/1.jpg'], [])
    assert found.classes == ('cat',)


def test_links(tmp_path):
    root = make(tmp_path, 'cat/1.jpg', 'dog/1.jpg')
    (tmp_path / 'cat/2.jpg').symlink_to(tmp_path / 'dog/1.jpg')
    (tmp_path / 'cat/3.jpg').symlink_to(tmp_path / 'unmounted/3.jpg')
    (tmp_path / 'ox').symlink_to(tmp_path / 'dog')
    os.mkfifo(tmp_path / 'cat/4.jpg')
    found = find(root)
    assert found.paths == ['cat/1.jpg', 'cat/2.jpg', 'dog/1.jpg', 'ox/1.jpg']
    assert found.notes == [
        "2 are links that lead nowhere, pipes or devices ('cat/3.jpg', 'cat/4.jpg'): "
        'left out',
    ]


def test_a_folder_named_like_an_image_is_none(tmp_path):
    root = make(tmp_path, 'cat/1.jpg', 'cat/2.jpg/3.jpg')
    (tmp_path / 'cat' / '4.jpg').mkdir()
    assert find(root).paths == ['cat/1.jpg', 'cat/2.jpg/3.jpg']


def test_an_empty_folder_does_not_become_a_class(tmp_path):
    root = make(tmp_path, 'cat/1.jpg', 'dog/notes.txt')
    with pytest.raises(ValueError, match="'dog' in .* holds no images .*.jpg, .png"):
        find(root)
    with pytest.raises(ValueError, match='list all classes=.*, alike in each split'):
        find(root)
    for name in ('eel', 'fly'):
        (tmp_path / name).mkdir()
    with pytest.raises(ValueError, match="'dog' and 2 more .'eel', 'fly'. in"):
        find(root)
    for name in ('eel', 'fly'):
        (tmp_path / name).rmdir()
    assert find(root, ['cat', 'dog']).paths == ['cat/1.jpg']


def test_folders_that_are_all_numbers_are_sorted_as_numbers(tmp_path):
    root = make(tmp_path, *(f'{i}/1.jpg' for i in range(12)))
    found = find(root)
    assert found.classes == tuple(map(str, range(12)))
    assert found.paths[:3] == ['0/1.jpg', '1/1.jpg', '10/1.jpg']
    assert found.labels[:4].tolist() == [0, 1, 10, 11]
    make(tmp_path, 'x/1.jpg')
    assert find(root).classes[:4] == ('0', '1', '10', '11')


def test_the_classes_have_other_names(tmp_path):
    root = make(tmp_path, 'Cat/1.jpg', *(f'{i}/1.jpg' for i in range(5)))
    with pytest.raises(ValueError, match="none of the classes 'cat', 'dog'; its fold"):
        find(root, ['cat', 'dog'])
    with pytest.raises(ValueError, match="'0', '1', '2', '3', '4', ..."):
        find(root, ['cat', 'dog'])


def test_the_folder_above_the_right_one_is_noted(tmp_path):
    root = make(tmp_path, 'train/cat/1.jpg', 'train/dog/1.jpg')
    assert "such as 'train/cat/1.jpg'" in find(root).notes[0]
    assert find(f'{root}/train').notes == []


def test_no_class_folders(tmp_path):
    with pytest.raises(ValueError, match='holds no folders'):
        find(make(tmp_path, '1.jpg'))
    with pytest.raises(FileNotFoundError, match='no folder .*none'):
        find(str(tmp_path / 'none'))


@pytest.mark.parametrize('target', ['.', '..', '../..', '/'])
def test_a_link_in_a_loop(tmp_path, target):
    root = make(tmp_path / 'images', 'cat/1.jpg', 'dog/1.jpg')
    (tmp_path / 'images/cat/loop').symlink_to(target)
    with pytest.raises(ValueError, match="link .*cat/loop' leads to .*remove the link"):
        find(root)


def test_links_that_lead_to_each_other(tmp_path):
    root = make(tmp_path / 'images', 'cat/1.jpg')
    make(tmp_path, 'a/1.jpg', 'b/1.jpg')
    (tmp_path / 'images/dog').symlink_to(tmp_path / 'a')
    (tmp_path / 'a/b').symlink_to(tmp_path / 'b')
    assert find(root).classes == ('cat', 'dog')
    (tmp_path / 'b/a').symlink_to(tmp_path / 'a')
    with pytest.raises(ValueError, match="/b/a' leads to .* a loop; remove"):
        find(root)


def test_an_empty_folder_says_what_it_holds(tmp_path):
    root = make(tmp_path, 'cat/1.jpg', 'dog/1.gif')
    with pytest.raises(ValueError, match=r"'dog' .* end in '.gif': .* classes="):
        find(root)
