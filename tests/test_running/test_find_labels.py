"""What `find` knows of the samples before it estimates."""

import numpy as np
import pytest
from find_toy import COLOURS, coloured, write_images, write_network
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmpretrain.registry import DATASETS

from nl_plugins.formats.label_file import read_label_file, write_label_file
from nl_plugins.running.feature_network import feature_network
from nl_plugins.running.find_files import write_found
from nl_plugins.running.find_labels import find_labels
from nl_plugins.running.find_source import find_source

NUMBER = 6  # images of each class


class Table:
    """Images in a table with a column of marks, to look at as often as one likes."""

    def __init__(self, folder):
        self.folder, self.root, self.out = folder, folder / 'images', folder / 'out'
        write_images(self.root, per_class=NUMBER)
        self.network = feature_network(str(write_network(folder)))
        self.names = [f'{name}/{i}.png' for name in COLOURS for i in range(NUMBER)]

    def list(self, name, **marks):
        """A list of marks by the number of the image."""
        rows = [int(row[1:]) for row in marks]
        write_label_file(
            self.folder / name,
            indices=rows,
            img_paths=[self.names[row] for row in rows],
            given_labels=[row // NUMBER for row in rows],
            verification=[*marks.values()],
            class_names=[*COLOURS],
            marks=['unsure' if mark < 0 else '' for mark in marks.values()],
        )
        return self.folder / name

    def find(self, own=None, verified=(), drawn=()):
        """What is found where the table has these marks by number."""
        table, lines = self.root / 'table.csv', ['path,label,verification']
        for row, name in enumerate(self.names):
            mark = (own or {}).get(row, '')
            lines.append(f'{name},{name.split("/")[0]},{mark}')
        table.write_text('\n'.join(lines))
        dataset, _ = find_source(str(table))
        files = [*verified], [*drawn]
        return find_labels(dataset, self.network, self.out, *files, 0, lambda _: None)

    def marks(self, name):
        """What a list in the folder of the result says, by name."""
        file = read_label_file(self.out / name)
        return dict(zip(file.img_paths, file.verification.tolist()))


@pytest.fixture(scope='module')
def table(tmp_path_factory):
    init_default_scope('mmpretrain')
    return Table(tmp_path_factory.mktemp('find_labels'))


def test_marks_of_the_source_were_not_drawn_at_random(table):
    own = {0: 0, 7: 1}
    estimate = table.find(own).estimate
    assert estimate.verification[[0, 7]].tolist() == [0, 1]
    assert not estimate.drawn.any()
    random = [table.list('random.csv', _7=0, _9=1)]
    estimate = table.find(own, random, random).estimate
    assert np.flatnonzero(estimate.drawn).tolist() == [7, 9]
    assert estimate.verification[[0, 7, 9]].tolist() == [0, 0, 1]


def test_marks_of_the_source_are_read_from_it_each_time(table):
    found = table.find({0: 0, 7: 0}, [table.list('marks.csv', _9=1)])
    write_found(found, table.network, table.out, '', 0)
    assert table.marks('verified.csv') == {table.names[9]: 1}
    assert table.marks('labels.csv')[table.names[7]] == 0
    now = table.find({0: 1}, [table.out / 'verified.csv']).estimate.verification
    assert now[[0, 7, 9]].tolist() == [1, -1, 1]


def test_a_mark_of_the_source_is_taken_back(table):
    found = table.find({0: 0, 7: 0}, [table.list('marks.csv', _7=-1)])
    assert found.estimate.verification[[0, 7]].tolist() == [0, -1]
    write_found(found, table.network, table.out, '', 0)
    dataset = Config.fromfile(table.out / 'config.py').train_dataloader.dataset
    known = DATASETS.build(dataset).columns.verification
    assert known[[0, 7]].tolist() == [0, -1]
    again = table.find({0: 0, 7: 0}, [table.out / 'verified.csv']).estimate
    assert again.verification[[0, 7]].tolist() == [0, -1]


def test_labels_that_the_images_say_nothing_of_stay(tmp_path):
    init_default_scope('mmpretrain')
    random, names = np.random.default_rng(0), [*COLOURS]
    for row in range(240):
        path = tmp_path / 'images' / names[row % 3] / f'{row}.png'
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(coloured(row, COLOURS[names[random.integers(3)]]))
    network = feature_network(str(write_network(tmp_path)))
    dataset, _ = find_source(str(tmp_path / 'images'))
    found = find_labels(dataset, network, tmp_path / 'out', [], [], 0, lambda _: None)
    assert any('the labels are taken for right' in note for note in found.notes)
    assert {*found.estimate.recommended()} == {'keep'}
    assert found.estimate.selected.all()
    assert found.estimate.scores.min() < 0.5
