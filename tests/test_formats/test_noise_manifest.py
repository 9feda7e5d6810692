import hashlib
import json
import struct

import numpy as np
import pytest

from nl_plugins.formats import noise_manifest
from nl_plugins.formats.noise_manifest import (
    label_hash,
    make_manifest,
    save_or_verify_manifest,
)

NOISE = dict(type='asymmetric', pairs={0: 1}, rate=0.5)


def manifest(noisy=(1, 0, 1, 2), seed=7, noise=NOISE, true=(0, 0, 1, 2)):
    return make_manifest(noise, seed, 3, np.array(true), np.array(noisy))


def test_content():
    content = manifest()
    assert content == dict(
        noise=dict(type='asymmetric', pairs={'0': 1}, rate=0.5),
        seed=7,
        num_classes=3,
        num_samples=4,
        sha256=hashlib.sha256(struct.pack('<4q', 1, 0, 1, 2)).hexdigest(),
        inner_sha256=hashlib.sha256(struct.pack('<4q', 0, 0, 1, 2)).hexdigest(),
        noise_rate=0.25,
        transition_counts=[[1, 1, 0], [0, 1, 0], [0, 0, 1]],
        labels=[1, 0, 1, 2],
    )


def test_the_hash_does_not_depend_on_the_type():
    labels = [3, 0, 2]
    hashes = {
        label_hash(np.array(labels, dtype=dtype)) for dtype in ('<i4', '>i8', 'u1')
    }
    assert hashes == {hashlib.sha256(struct.pack('<3q', *labels)).hexdigest()}


def test_is_saved_once_and_verified_afterwards(tmp_path):
    path = tmp_path / 'folder' / 'noise.json'
    save_or_verify_manifest(str(path), manifest())
    assert json.loads(path.read_text()) == manifest()
    before = path.stat().st_mtime_ns
    save_or_verify_manifest(str(path), manifest())
    assert path.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(seed=8), 'seed was 7, is 8'),
        (dict(true=(0, 0, 2, 2)), 'inner_sha256 was'),
        (dict(noisy=(1, 0, 2, 1)), 'labels differ in 2 rows, the first is 2'),
        (dict(noise=dict(NOISE, rate=0.6)), 'noise was .*0.5}, is .*0.6}'),
    ],
)
def test_another_draw_is_refused_and_the_file_kept(tmp_path, changes, message):
    path = tmp_path / 'noise.json'
    save_or_verify_manifest(str(path), manifest())
    text = path.read_text()
    with pytest.raises(ValueError, match=message):
        save_or_verify_manifest(str(path), manifest(**changes))
    assert path.read_text() == text


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('{"seed": ', 'noise.json is no JSON'),
        ('[]', 'no noise manifest'),
        ('{}', 'labels is missing'),
    ],
)
def test_other_files_are_refused_and_kept(tmp_path, text, message):
    path = tmp_path / 'noise.json'
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        save_or_verify_manifest(str(path), manifest())
    assert path.read_text() == text


def test_only_the_main_process_writes(tmp_path, monkeypatch):
    monkeypatch.setattr(noise_manifest, 'is_main_process', lambda: False)
    save_or_verify_manifest(str(tmp_path / 'noise.json'), manifest())
    assert not (tmp_path / 'noise.json').exists()


def test_arrays_in_the_settings():
    matrix = np.eye(3)
    content = manifest(noise=dict(type='transition', matrix=matrix))
    assert content['noise']['matrix'] == matrix.tolist()
