"""Options of a command that another one makes useless."""

import argparse
from collections.abc import Iterable

__all__ = ['refuse_unused']


def refuse_unused(
    parser: argparse.ArgumentParser,
    args: argparse.Namespace,
    names: Iterable[str],
    problem: str,
) -> None:
    """End the program if one of the options is given; its default counts as not given.

    Args:
        parser: Which made ``args``.
        args: Of the command line.
        names: Of the options, as they are in ``args``.
        problem: What they are for.

    >>> parser = argparse.ArgumentParser()
    >>> _ = parser.add_argument('--per-class', type=int, default=50)
    >>> refuse_unused(parser, parser.parse_args([]), ['per_class'], 'is for a config')
    """
    for name in names:
        if getattr(args, name) != parser.get_default(name):
            parser.error(f'--{name.replace("_", "-")} {problem}')
