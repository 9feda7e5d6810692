"""The page of tried versions says what `make versions` found."""

import configparser
import json
import os
import re
import runpy
from pathlib import Path

import pytest
from tool_runs import ROOT

RUN = runpy.run_path(str(ROOT / 'versions' / 'run.py'))
SETS = configparser.ConfigParser()
SETS.read(ROOT / 'versions' / 'sets.ini')


def test_the_page_has_the_table_of_the_results():
    results = json.loads((ROOT / 'versions' / 'results.json').read_text())
    assert {*results} <= {*SETS.sections()} - {'core'}
    assert RUN['table'](results) in (ROOT / 'docs' / 'versions.md').read_text()


def test_the_sets_span_what_setup_allows():
    for test in SETS['core']['tests'].split():
        assert (ROOT / test).exists(), test
    oldest = (ROOT / SETS['oldest']['constraints']).read_text()
    setup = (ROOT / 'setup.py').read_text()
    lowest = dict(re.findall(r"'([\w-]+)>=([\d.]+)", setup))
    for name, version in re.findall(r'^([\w-]+)==([\d.]+)', oldest, re.MULTILINE):
        if name not in ('numpy', 'scipy'):
            assert f'{version}.'.startswith(f'{lowest[name]}.'), name
    for name in [*SETS][1:]:
        if name != 'core':
            pins = (ROOT / SETS[name]['constraints']).read_text()
            assert re.search(r'^torch==', pins, re.MULTILINE)
            assert re.search(r'^torchvision==', pins, re.MULTILINE)


def test_outcomes_are_read_from_a_report(tmp_path):
    counts = 'tests="7" failures="1" errors="2" skipped="1"'
    path = tmp_path / 'tests.xml'
    path.write_text(f'<testsuites><testsuite {counts}/></testsuites>')
    assert RUN['outcomes'](path) == dict(passed=3, failed=3, skipped=1)


def test_a_missing_python_is_said():
    assert RUN['find_python']('2.99') is None


@pytest.fixture
def places(tmp_path):
    """Files of its own for what `write` writes."""
    page = tmp_path / 'versions.md'
    page.write_text('# Versions\n\n| set | python |\n| --- | --- |\n\nend\n')
    found = dict(RESULTS=tmp_path / 'results.json', PAGE=page)
    with pytest.MonkeyPatch.context() as patch:
        for name, path in found.items():
            patch.setitem(RUN['write'].__globals__, name, path)
        yield found


def result_of_all(value):
    columns = ('python', *RUN['PACKAGES'], *RUN['OUTCOMES'])
    return dict(newest=dict.fromkeys(columns, value))


def test_results_and_page_are_written(places, tmp_path):
    results = result_of_all('1')
    RUN['write'](results)
    assert json.loads(places['RESULTS'].read_text()) == results
    text = f'# Versions\n\n{RUN["table"](results)}\n\nend\n'
    assert places['PAGE'].read_text() == text
    assert len([*tmp_path.iterdir()]) == 2


def test_a_kill_leaves_what_was_there(places, monkeypatch):
    """While either file is written, and before the new one takes its place."""

    def write_half(self, text, **settings):
        self.write_bytes(text.encode()[: len(text) // 2])
        raise KeyboardInterrupt

    def no_replace(*paths):
        raise KeyboardInterrupt

    RUN['write'](result_of_all('1'))
    before = {path: path.read_text() for path in places.values()}
    for owner, name, fault in (
        (Path, 'write_text', write_half),
        (os, 'replace', no_replace),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, fault)
            with pytest.raises(KeyboardInterrupt):
                RUN['write'](result_of_all('2'))
        assert {path: path.read_text() for path in before} == before
