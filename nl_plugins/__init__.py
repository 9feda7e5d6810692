"""Learning from noisy labels, as ordinary MMPretrain components.

Importing the package registers every component in MMPretrain's registries and
makes MMEngine's checkpoints loadable on torch >= 2.6;
``custom_imports=dict(imports=['nl_plugins'])`` is all that a config needs.
"""

# ruff: noqa: E402
from .command_line import answer_early

answer_early()  # in vain, unless this process is the command line

from . import backbones, datasets, detection, hooks, losses, methods, supervision
from .registry import register_scope
from .running.checkpoint_compat import allow_mmengine_checkpoints
from .version import __version__

__all__ = ['__version__']

allow_mmengine_checkpoints()
register_scope()
