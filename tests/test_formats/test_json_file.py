import pytest

from nl_plugins.formats.json_file import read_json


@pytest.mark.parametrize('start', [b'', b'\xef\xbb\xbf'])
def test_json(write, start):
    content = start + '{"größe": [1, "日本"]}\r\n'.encode()
    assert read_json(write(content)) == {'größe': [1, '日本']}


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('{"a": 1,\n2}', 'line 2'),
        ('', 'line 1'),
        (b'"\xff"', 'utf-8'),
        ('[' * 100_000, 'recursion'),
    ],
)
def test_no_json(write, content, message):
    with pytest.raises(ValueError, match=rf'labels\.txt is no JSON: .*{message}'):
        read_json(write(content))


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'none\.json'):
        read_json(str(tmp_path / 'none.json'))
