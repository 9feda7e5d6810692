"""What is in the source archive and in the wheel, and that the wheel runs alone."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_string
from pathlib import Path

import pytest
from tool_runs import ROOT

PARTS = ('nl_plugins', 'configs', 'tools', 'docs')
FILES = ('setup.py', 'pyproject.toml', 'MANIFEST.in', 'README.md', 'LICENSE')
FILES += ('CHANGELOG.md', 'requirements.txt', 'constraints.txt', 'model-index.yml')


def call(*command, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=cwd,
        capture_output=True,
        text=True,
        env={**os.environ, 'PYTHONPATH': str(cwd)},
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope='module')
def wheel(tmp_path_factory) -> Path:
    """Built from the source archive, as a package index would have both."""
    folder = tmp_path_factory.mktemp('distribution')
    source = folder / 'checkout'
    without = shutil.ignore_patterns('__pycache__', '*.egg-info')
    for part in PARTS:
        shutil.copytree(ROOT / part, source / part, symlinks=True, ignore=without)
    for name in FILES:
        shutil.copy(ROOT / name, source)
    build = 'from setuptools import build_meta; build_meta.build_{}({!r})'
    call('-c', build.format('sdist', str(folder)), cwd=source)
    (archive,) = folder.glob('*.tar.gz')
    with tarfile.open(archive) as packed:
        packed.extractall(folder)
    unpacked = folder / archive.name.removesuffix('.tar.gz')
    call('-c', build.format('wheel', str(folder)), cwd=unpacked)
    (path,) = folder.glob('*.whl')
    return path


def test_wheel_has_configs_tools_and_index(wheel):
    with zipfile.ZipFile(wheel) as packed:
        held = set(packed.namelist())
    suffixes = dict(configs={'.py', '.yml', '.md'}, tools={'.py', '.sh'})
    for part, kinds in suffixes.items():
        for path in (ROOT / part).rglob('*'):
            if path.suffix in kinds and '__pycache__' not in path.parts:
                name = path.relative_to(ROOT).as_posix()
                assert f'nl_plugins/.mim/{name}' in held
    page = ROOT / 'nl_plugins' / 'report' / 'page'
    names = {f'nl_plugins/report/page/{path.name}' for path in page.iterdir()}
    assert names <= held
    assert {'nl_plugins/.mim/model-index.yml', 'nl_plugins/py.typed'} <= held
    others = {name.split('/')[0] for name in held} - {'nl_plugins'}
    assert all(name.endswith('.dist-info') for name in others)


def test_wheel_describes_itself(wheel):
    with zipfile.ZipFile(wheel) as packed:
        (name,) = [n for n in packed.namelist() if n.endswith('/METADATA')]
        metadata = message_from_string(packed.read(name).decode())
    extras = metadata.get_all('Provides-Extra')
    assert {'standalone', 'features', 'text', 'report', 'dev', 'docs'} == {*extras}
    text = metadata.get_payload()
    assert '](https://' in text
    assert text.count('](') == text.count('](http'), 'a link that leads nowhere'
    assert 'configs/smp' not in text


def test_wheel_runs_away_from_the_checkout(wheel):
    """Its list of commands; `make dist-check` runs more, in an empty environment."""
    site = wheel.parent / 'site'
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    shown = call('-m', 'nl_plugins', '--help', cwd=site)
    for path in (ROOT / 'tools').glob('*.py'):
        assert f'  {path.stem} ' in shown
