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
    """Append an object to a JSON Lines file, which is created if need be.

    It is one write, so that processes may append at the same time. An empty line marks
    that the line before it was cut off.
    """
    line = json.dumps(content, ensure_ascii=False, allow_nan=False) + '\n'
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with open(path, 'ab+') as file:  # writes go to the end, wherever one reads
        file.seek(max(0, file.tell() - 1))
        end = file.read()
        file.write((b'\n\n' if end and end[-1:] != b'\n' else b'') + line.encode())


def read_lines(path: str | os.PathLike) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file; none if there is no file.

    A line that was cut off is left out: the last one, or one before an empty line.

    Raises:
        ValueError: If a line is no object; the message names it.
    """
    lines = Path(path).read_bytes().split(b'\n') if Path(path).exists() else []
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            content = json.loads(line)
        except ValueError:
            if not line or _ends(lines[number:]):
                continue
            content = None
        if not isinstance(content, dict):
            raise ValueError(f'{path}, line {number} is no JSON object: delete it')
        found.append(content)
    return found


def _ends(after: list[bytes]) -> bool:
    """Whether the file ends there without a line break, or an empty line follows."""
    return not after or (not after[0] and len(after) > 1)


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
