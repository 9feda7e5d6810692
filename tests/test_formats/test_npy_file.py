"""Arrays that a file holds, or does not."""

import numpy as np
import pytest

from nl_plugins.formats.npy_file import read_npy, write_npy


@pytest.mark.parametrize('values', [np.zeros((0, 3)), np.array([True]), np.array(5)])
def test_there_and_back(tmp_path, values):
    write_npy(tmp_path / 'values.npy', values)
    back = read_npy(tmp_path / 'values.npy')
    assert back.dtype == values.dtype
    assert np.array_equal(back, values)
    assert [path.name for path in tmp_path.iterdir()] == ['values.npy']


def test_what_is_no_array(tmp_path):
    path = tmp_path / 'values.npy'
    np.save(path, np.arange(9))
    whole = path.read_bytes()
    np.savez(tmp_path / 'several.npz', whole=np.arange(9))
    several = (tmp_path / 'several.npz').read_bytes()
    for content in (whole[:100], whole[:-3], b'', b'text', several):
        path.write_bytes(content)
        with pytest.raises(ValueError, match='values.npy'):
            read_npy(path)
    with pytest.raises(FileNotFoundError):
        read_npy(tmp_path / 'nowhere.npy')


@pytest.mark.parametrize('header', ["{'descr", "{'''", '{[]: 1}', "{'shape': 01}"])
def test_damaged_headers(tmp_path, header):
    path = tmp_path / 'values.npy'
    np.save(path, np.arange(9))
    whole = path.read_bytes()
    path.write_bytes(whole[:10] + header.encode().ljust(117) + whole[127:])
    told = 'values.npy is cut off, or holds no plain array .*: save the values alone'
    with pytest.raises(ValueError, match=told):
        read_npy(path)


def test_more_values_than_there_is_memory(tmp_path):
    path = tmp_path / 'values.npy'
    np.save(path, np.arange(9))
    many = b'(9' + b'0' * 15 + b',), }'
    path.write_bytes(path.read_bytes().replace(b'(9,), }' + b' ' * 15, many))
    with pytest.raises(ValueError, match='values.npy is cut off, .*allocate'):
        read_npy(path)


def test_objects_are_neither_written_nor_read(tmp_path):
    path, objects = tmp_path / 'values.npy', np.array([{}], dtype=object)
    with pytest.raises(ValueError, match='allow_pickle=False'):
        write_npy(path, objects)
    assert not path.exists()
    np.save(path, objects, allow_pickle=True)
    with pytest.raises(ValueError, match='allow_pickle=False'):
        read_npy(path)
