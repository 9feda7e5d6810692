"""Learning from noisy labels, as ordinary MMPretrain components.

Importing the package registers every component in MMPretrain's registries and
makes MMEngine's checkpoints loadable on torch >= 2.6;
``custom_imports=dict(imports=['nl_plugins'])`` is all that a config needs.
"""

from . import datasets, engine, evaluation, models, structures, visualization
