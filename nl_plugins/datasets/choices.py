"""Refuse a setting that is none of the possible ones."""

from collections.abc import Sequence
from typing import Any

__all__ = ['check_choice', 'check_choices']


def check_choice(name: str, value: Any, choices: Sequence[str]) -> str:
    """The value, if it is one of the choices.

    Raises:
        ValueError: Naming the setting and what is possible.
    """
    if value not in choices:
        raise ValueError(f'{name} must be one of {list(choices)}, but is {value!r}')
    return value


def check_choices(
    name: str, values: Sequence[str], choices: Sequence[str]
) -> tuple[str, ...]:
    """The values, if each is one of the choices.

    Raises:
        ValueError: Naming the setting and what is possible.
    """
    if isinstance(values, str) or not set(values) <= set(choices):
        raise ValueError(f'{name} must list some of {list(choices)}, but is {values!r}')
    return tuple(values)
