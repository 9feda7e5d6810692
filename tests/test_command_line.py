"""The list of commands, which answers before torch is imported."""

import subprocess
import sys
import time
import warnings

import pytest
from tool_runs import ROOT, TOOLS

from nl_plugins import command_line
from nl_plugins.command_line import answer_early, commands, help_text, tool_path


def run(*arguments, **env):
    command = [sys.executable, '-X', 'importtime', '-m', 'nl_plugins', *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )


@pytest.mark.parametrize('arguments', [(), ('--help',), ('-h',), ('trian',)])
def test_help_imports_nothing_heavy_and_is_quick(arguments):
    start = time.perf_counter()
    done = run(*arguments)
    assert time.perf_counter() - start < 5  # tenths of a second where it is quiet
    imported = [line.rsplit('|', 1)[-1].strip() for line in done.stderr.splitlines()]
    assert not {'torch', 'numpy', 'mmengine', 'mmpretrain'} & {*imported}
    if arguments == ('trian',):
        assert done.returncode == 1
        assert 'did you mean train?' in done.stderr
    else:
        assert done.returncode == 0
        assert done.stdout == help_text() + '\n'


def test_each_tool_has_its_line_with_what_it_needs():
    lines = help_text().splitlines()
    assert {*commands()} == {path.stem for path in TOOLS.glob('*.py')}
    for name, (does, needs) in commands().items():
        assert does[0].isupper()
        assert f'  {name:<14} {does}' + f': {needs}' * bool(needs) in lines
        assert max(map(len, lines)) <= 100
    assert commands()['extract'][1] == 'CONFIG [CHECKPOINT]'


@pytest.mark.parametrize('name', ['../tools/train', '__init__', 'a b', 'train.py', ''])
def test_only_names_are_commands(name):
    with pytest.raises(SystemExit, match='there is no command'):
        tool_path([name])


def test_answers_only_where_this_process_is_the_command_line(monkeypatch):
    for program in ('/usr/bin/nl-plugins', 'C:/x/nl-plugins.exe'):
        monkeypatch.setattr(sys, 'argv', [program, 'dance'])
        with pytest.raises(SystemExit):
            answer_early()
        monkeypatch.setattr(sys, 'argv', [program, 'train'])
        answer_early()
    for argv, original in [
        (['train.py', 'dance'], ['python', 'train.py', 'dance']),
        (['-m', 'dance'], ['python', '-m', 'pytest', 'dance']),
        (['-c'], ['python', '-c', 'import nl_plugins']),
        ([], []),
    ]:
        monkeypatch.setattr(sys, 'argv', argv)
        monkeypatch.setattr(sys, 'orig_argv', original)
        answer_early()
    assert command_line.TOOLS.is_dir()


def test_what_the_environment_lacks_is_said(monkeypatch):
    monkeypatch.setattr(command_line, 'find_spec', lambda name: None)
    monkeypatch.setattr(sys, 'argv', ['nl-plugins', 'train'])
    with pytest.raises(SystemExit, match=r'and mmcv missing.*nl-plugins\[standalone\]'):
        answer_early()


@pytest.mark.parametrize('program', ['nl-plugins', 'train.py'])
def test_the_warning_of_mmcv_lite_is_left_out(program, monkeypatch):
    """Of the command line alone, and no other warning."""
    monkeypatch.setattr(sys, 'argv', [program, 'train'])
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter('always')
        answer_early()
        warnings.warn(
            'Fail to import ``MultiScaleDeformableAttention`` from ``mmcv``',
            stacklevel=1,
        )
        warnings.warn('another', stacklevel=1)
    assert len(told) == (1 if program == 'nl-plugins' else 2)
