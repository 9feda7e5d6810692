import json

import numpy as np
import pytest

from nl_plugins.datasets.releases import json_texts
from nl_plugins.datasets.releases.json_texts import JsonTexts


@pytest.fixture
def files(tmp_path):
    paths = []
    for number in range(12):
        path = tmp_path / f'{number}.json'
        path.write_text(json.dumps([dict(title=f'{number}-{i}') for i in range(1, 4)]))
        paths.append(str(path))
    return paths


@pytest.fixture
def reads(monkeypatch):
    """The files that were read."""
    found = []

    def read_json(path, backend_args):
        found.append(path)
        return real(path, backend_args)

    real = json_texts.read_json
    monkeypatch.setattr(json_texts, 'read_json', read_json)
    return found


def test_texts_are_read_when_asked_for(files, reads):
    texts = JsonTexts(files, [0, 0, 1, 11], [3, 1, 2, 1])
    assert (len(texts), reads) == (4, [])
    assert [texts[i] for i in range(4)] == ['0-3', '0-1', '1-2', '11-1']
    assert reads == [files[0], files[1], files[11]]


def test_the_last_eight_files_are_kept(files, reads):
    texts = JsonTexts(files, range(12), [1] * 12)
    for row in (*range(8), 0, 8):  # 1 is now the one that was not used for longest
        assert texts[row] == f'{row}-1'
    assert reads == files[:9]
    assert [texts[row] for row in (0, 2, 8, 1)] == ['0-1', '2-1', '8-1', '1-1']
    assert reads == [*files[:9], files[1]]


def test_missing_files(files):
    texts = JsonTexts([None, files[1], None], [2, 1, 0, 1], [1, 1, 7, 3])
    assert [texts[i] for i in range(4)] == [None, '1-1', None, '1-3']
    assert texts.missing_rows().tolist() == [0, 2]


def test_take_and_concat(files):
    one = JsonTexts(files[:2], [0, 1, 1], [1, 2, 3]).take(np.array([2, 0]))
    two = JsonTexts([None, files[5]], [1, 0], [3, 1])
    both = JsonTexts.concat([one, two])
    assert [both[i] for i in range(4)] == ['1-3', '0-1', '5-3', None]
    assert both.missing_rows().tolist() == [3]


def test_rows_take_eight_bytes(files):
    texts = JsonTexts(files, np.zeros(1000, np.int64), np.ones(1000, np.int64))
    assert texts.file_rows.nbytes + texts.entries.nbytes == 8000
