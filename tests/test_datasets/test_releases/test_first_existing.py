import pytest

from nl_plugins.datasets.releases.first_existing import first_existing


def test_first_existing(write, tmp_path):
    one, two = write('', 'one'), write('', 'two')
    none = str(tmp_path / 'none')
    assert first_existing([one, two], 'X needs it') == one
    assert first_existing([none, two], 'X needs it') == two
    assert first_existing([none, str(tmp_path)], 'X needs it') == str(tmp_path)
    with pytest.raises(FileNotFoundError, match=r'X needs it: .*/none nor .*/other'):
        first_existing([none, str(tmp_path / 'other')], 'X needs it')
