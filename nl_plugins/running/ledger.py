"""Results that are kept: a line of JSON for each, with all that made it."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

from ..formats.atomic_file import atomic_write
from ..version import __version__

__all__ = ['append_line', 'provenance', 'read_lines']

_PACKAGES = (
    'nl-plugins',
    'torch',
    'mmengine',
    'mmpretrain',
    'mmcv',
    'mmcv-lite',
    'numpy',
)


def append_line(path: str | os.PathLike, content: Mapping[str, Any]) -> None:
    """Append an object to a JSON Lines file, which is created if need be."""
    line = json.dumps(content, ensure_ascii=False, allow_nan=False) + '\n'
    known = _whole_lines(path)
    with atomic_write(path, 'wb') as file:
        file.write(known + line.encode())


def read_lines(path: str | os.PathLike) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file; none if there is no file.

    A last line that was cut off is left out.

    Raises:
        ValueError: If a line is no object; the message names it.
    """
    found = []
    for number, line in enumerate(_whole_lines(path).split(b'\n')[:-1], start=1):
        try:
            content = json.loads(line)
        except ValueError:
            content = None
        if not isinstance(content, dict):
            raise ValueError(f'{path}, line {number} is no JSON object: delete it')
        found.append(content)
    return found


def _whole_lines(path: str | os.PathLike) -> bytes:
    """What a file holds, without a last line that was cut off as it was written."""
    content = Path(path).read_bytes() if Path(path).exists() else b''
    lines, end, last = content.rpartition(b'\n')
    try:
        json.loads(last)
    except ValueError:
        return lines + end
    return content + b'\n'


def provenance() -> dict[str, Any]:
    """Since when, with which versions, on what, and of which revision it runs."""
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    hardware = dict(
        machine=platform.machine(),
        processor=_processor(),
        threads=torch.get_num_threads(),
        gpu=gpu,
    )
    return dict(
        started=datetime.now(timezone.utc).isoformat(timespec='seconds'),
        versions=dict(python=platform.python_version()) | _versions(),
        hardware=hardware,
        revision=_revision(),
    )


def _versions() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found | {'nl-plugins': __version__}


def _processor() -> str:
    try:
        text = Path('/proc/cpuinfo').read_text(encoding='utf-8', errors='replace')
    except OSError:
        return platform.processor()
    lines = (line.partition(':') for line in text.splitlines())
    return next(
        (value.strip() for key, _, value in lines if key.startswith('model n')), ''
    )


def _revision() -> str | None:
    """The commit of this package, with a plus if files differ; None if not known."""
    root = Path(__file__).resolve().parents[2]
    if not (root / '.git').exists():
        return None
    try:
        commit = _git(root, 'rev-parse', 'HEAD')
        return commit + ('+' if _git(root, 'status', '--porcelain', '-uno') else '')
    except (OSError, subprocess.SubprocessError):
        return None


def _git(root: Path, *arguments: str) -> str:
    command = ['git', '-C', str(root), *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=9
    )
    return done.stdout.strip()
