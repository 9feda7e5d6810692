"""What a user reads in place of a traceback."""

import pytest
import torch

from nl_plugins.running.logged_values import last_value
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


def test_only_our_own_runtime_errors_are_told(tmp_path):
    with pytest.raises(RuntimeError, match='size'), told_errors('find'):
        torch.zeros(2) + torch.zeros(3)
    with pytest.raises(SystemExit, match='logged no'), told_errors('find'):
        last_value(tmp_path, 'accuracy/top1')
