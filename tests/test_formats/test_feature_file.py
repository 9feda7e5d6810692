"""A feature file holds what was written, whole or not at all."""

import copy
import json
import os
import pickle
import signal

import numpy as np
import pytest
from processes import forked

from nl_plugins.formats import feature_file_writer
from nl_plugins.formats.feature_file import FeatureFile
from nl_plugins.formats.feature_file_writer import FeatureFileWriter

NAMES = ['a/1.png', 'b/ü\n,"<b>.png', os.fsdecode(b'c/\xff.png'), '']
VALUES = np.random.default_rng(0).normal(5, 3, (2, 4, 3))
FACTS = dict(
    names=NAMES,
    columns=dict(labels=np.array([0, 1, 1, 0]), true_labels=np.array([-1, 1, 0, 0])),
    classes=['cat', '<i>dog</i>'],
    identity=dict(network='1a', pipeline='2b', samples='3c'),
    about=dict(config='x.py', accuracy=float('nan')),
)


def writer(path, shape=(2, 4, 3), **changes):
    return FeatureFileWriter(path, shape, **{**FACTS, **changes})


def written(path):
    made = writer(path)
    for view in (1, 0):
        for rows in ([3, 1], [0, 2]):
            made.write(view, np.array(rows), VALUES[view, rows])
    return made.finish()


def test_round_trip(tmp_path):
    file = written(tmp_path / 'toy')
    assert [path.name for path in tmp_path.iterdir()] == ['toy']
    assert not (tmp_path / 'toy' / 'done.npy').exists()
    blob, ends = file.names
    names = [blob[a:b] for a, b in zip(ends, ends[1:])]
    assert [os.fsdecode(name) for name in names] == NAMES
    assert np.array_equal(file.features, VALUES.astype(np.float16))
    assert (len(file), file.num_views, file.dim) == (4, 2, 3)
    for name, column in FACTS['columns'].items():
        assert np.array_equal(file.columns[name], column)
    assert file.columns.keys() == FACTS['columns'].keys()
    assert (file.classes, file.identity) == (FACTS['classes'], FACTS['identity'])
    assert file.about == dict(config='x.py', accuracy=None)
    first = VALUES[0].astype(np.float16).astype(np.float64)
    assert np.allclose(file.mean, first.mean(axis=0), rtol=1e-12)
    assert np.allclose(file.std, first.std(axis=0), rtol=1e-12)


def test_copies_share_the_map(tmp_path):
    file = written(tmp_path / 'toy')
    with pytest.raises(ValueError, match='read-only'):
        file.features[0, 0, 0] = 1
    assert copy.deepcopy(file) is file
    sent = pickle.dumps(file)
    assert len(sent) < 300
    assert np.array_equal(pickle.loads(sent).features, file.features)


def test_goes_on_where_it_stopped(tmp_path):
    path = tmp_path / 'toy'

    def killed():
        made = writer(path)
        made.write(0, np.array([2, 0]), VALUES[0, [2, 0]])
        made.flush()
        made.write(0, np.array([1]), VALUES[0, [1]])  # not flushed
        os.kill(os.getpid(), signal.SIGKILL)

    assert forked(killed)[0].returncode == -signal.SIGKILL
    with pytest.raises(FileNotFoundError, match='is not finished .* run the ext'):
        FeatureFile(path)
    made = writer(path)
    assert made.missing(0).tolist() == [1, 3]
    assert made.missing(1).tolist() == [0, 1, 2, 3]
    made.write(1, np.arange(4), VALUES[1])
    with pytest.raises(RuntimeError, match=r"2 samples .* first is 1 \('b/ü"):
        made.finish()
    other = writer(path)  # another process
    other.write(0, np.array([1, 3]), VALUES[0, [1, 3]])
    other.flush()
    file = made.finish()
    assert np.array_equal(file.features, VALUES.astype(np.float16))
    again = writer(path)
    assert again.complete
    assert again.missing(0).size == 0
    assert np.array_equal(again.finish().features, file.features)


def test_killed_before_it_had_begun(tmp_path):
    (tmp_path / 'toy.part').mkdir()
    (tmp_path / 'toy.part' / 'features.npy').write_bytes(b'half')
    assert len(written(tmp_path / 'toy')) == 4


def test_flushes_now_and_then(tmp_path, monkeypatch):
    monkeypatch.setattr(feature_file_writer, 'SECONDS_BETWEEN_FLUSHES', 0)
    made = writer(tmp_path / 'toy')
    made.write(0, np.array([2]), VALUES[0, [2]])
    done = np.load(tmp_path / 'toy.part' / 'done.npy')
    assert done.tolist() == [[False, False, True, False], [False] * 4]


def test_never_mixes_two_networks(tmp_path):
    path = tmp_path / 'toy'
    writer(path)
    for name in ('network', 'pipeline', 'samples'):
        identity = dict(FACTS['identity'], **{name: 'other'})
        with pytest.raises(ValueError, match=f'toy.part holds .* another {name}: re'):
            writer(path, identity=identity)
    with pytest.raises(ValueError, match='another shape'):
        writer(path, shape=(1, 4, 3))
    written(path)
    identity = dict(FACTS['identity'], network='o', samples='o')
    with pytest.raises(ValueError, match='toy holds .* another network, another sam'):
        writer(path, identity=identity)
    (tmp_path / 'mine').mkdir()
    with pytest.raises(ValueError, match='exists, and is no feature file'):
        writer(tmp_path / 'mine')


def test_bad_values(tmp_path):
    made = writer(tmp_path / 'toy')
    for value in (np.nan, 1e6, -np.inf):
        features = VALUES[0, [3, 1]].copy()
        features[1, 2] = value
        with pytest.raises(ValueError, match=r"sample 1 \('b/ü.* feature"):
            made.write(0, np.array([3, 1]), features)
    assert made.missing(0).tolist() == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="4 samples, but .*'labels': 3"):
        writer(tmp_path / 'x', columns=dict(labels=np.arange(3)))


def test_damaged_files(tmp_path):
    path = tmp_path / 'toy'
    with pytest.raises(FileNotFoundError, match='is no feature file'):
        FeatureFile(path)
    written(path)
    facts = json.loads((path / 'feature_file.json').read_text())
    for damage, message in (
        (dict(shape=[2, 4, 4]), r'features.npy is float16 \(2, 4, 3\), not'),
        (dict(format=99), 'extract the features again'),
        (dict(format=None), 'extract the features again'),
    ):
        (path / 'feature_file.json').write_text(json.dumps({**facts, **damage}))
        with pytest.raises(ValueError, match=message):
            FeatureFile(path)
    (path / 'feature_file.json').write_text(json.dumps(facts))
    np.save(path / 'statistics.npy', np.array([{}], dtype=object))
    with pytest.raises(ValueError, match='statistics.npy cannot be read'):
        FeatureFile(path)
    (path / 'features.npy').write_bytes(b'')
    with pytest.raises(ValueError, match='features.npy cannot be read'):
        FeatureFile(path)
