"""What a user reads in place of a traceback."""

import pytest

from nl_plugins.running.told_errors import told_errors


@pytest.mark.parametrize('kind', [ValueError, FileNotFoundError, IsADirectoryError])
def test_a_message_without_control_characters(kind):
    with pytest.raises(SystemExit) as ended, told_errors('find'):
        raise kind('two\nlines \x1b[31m')
    assert ended.value.code == 'nl-plugins find: two\nlines \\x1b[31m'
    assert isinstance(ended.value.__cause__, kind)


def test_faults_of_the_program_keep_their_traceback():
    for kind in (TypeError, KeyError, AssertionError):
        with pytest.raises(kind), told_errors('find'):
            raise kind('here')
