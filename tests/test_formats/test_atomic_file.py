import os
import signal

import pytest
from processes import forked

from nl_plugins.formats.atomic_file import atomic_write, write_json


def test_writes_text_as_utf8_and_creates_folders(tmp_path):
    path = tmp_path / 'a' / 'b' / 'file.txt'
    with atomic_write(path) as file:
        file.write('größer\n')
    assert path.read_bytes() == 'größer\n'.encode()
    assert os.listdir(path.parent) == ['file.txt']


def test_writes_bytes(tmp_path):
    with atomic_write(str(tmp_path / 'file.bin'), 'wb') as file:
        file.write(b'\x00\xff')
    assert (tmp_path / 'file.bin').read_bytes() == b'\x00\xff'


def write_and_raise(path, error):
    with atomic_write(path) as file:
        file.write('new')
        raise error


@pytest.mark.parametrize('error', [RuntimeError, KeyboardInterrupt, SystemExit])
def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / 'file.txt'
    path.write_text('old')
    with pytest.raises(error):
        write_and_raise(path, error)
    assert path.read_text() == 'old'
    assert os.listdir(tmp_path) == ['file.txt']


def test_the_old_file_is_there_until_the_block_ends(tmp_path):
    path = tmp_path / 'file.txt'
    path.write_text('old')
    with atomic_write(path) as file:
        file.write('new')
        file.flush()
        assert path.read_text() == 'old'
    assert path.read_text() == 'new'


@pytest.mark.skipif(os.name == 'nt', reason='needs SIGKILL')
def test_a_kill_leaves_the_old_file(tmp_path):
    path = tmp_path / 'file.txt'
    path.write_text('old')

    def die_while_writing():
        with atomic_write(path) as file:
            file.write('new')
            file.flush()
            os.kill(os.getpid(), signal.SIGKILL)

    (process,) = forked(die_while_writing)
    assert process.returncode == -signal.SIGKILL
    assert path.read_text() == 'old'


def test_follows_a_link_instead_of_replacing_it(tmp_path):
    (tmp_path / 'target').write_text('old')
    (tmp_path / 'link').symlink_to('target')
    with atomic_write(tmp_path / 'link') as file:
        file.write('new')
    assert (tmp_path / 'link').is_symlink()
    assert (tmp_path / 'target').read_text() == 'new'


@pytest.mark.skipif(os.name == 'nt', reason='needs a umask')
def test_others_may_read_the_file_when_the_umask_says_so(tmp_path):
    old = os.umask(0o022)
    try:
        with atomic_write(tmp_path / 'file') as file:
            file.write('')
    finally:
        os.umask(old)
    assert (tmp_path / 'file').stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize('mode', ['a', 'r', 'w+', 'x'])
def test_refuses_other_modes(tmp_path, mode):
    with pytest.raises(ValueError, match='mode'), atomic_write(tmp_path / 'f', mode):
        pass
    assert os.listdir(tmp_path) == []


def test_json_has_null_where_numbers_are_not_finite(tmp_path):
    path = tmp_path / 'file.json'
    write_json(path, dict(a=[1.5, float('nan')], b=(float('inf'), 2, 'NaN'), c=None))
    assert path.read_text() == '{"a": [1.5, null], "b": [null, 2, "NaN"], "c": null}\n'
