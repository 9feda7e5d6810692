"""Configs that differ in the values of some fields: ablations without a file each."""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from mmengine.config import Config
from mmpretrain import registry

__all__ = ['set_field', 'sweep_configs']


def sweep_configs(
    configs: Mapping[str, Config], fields: Mapping[str, Any]
) -> dict[str, Config]:
    """Every config with every combination of the values of the fields it has.

    A field is a path in the config, ``train_cfg.max_epochs``, or a parameter of a
    component by its type, ``SMPHook.num_prototypes``, whether the config gives it or
    leaves it at its default. A config without any of the fields, a baseline say, stays
    as it is. The names are those of the configs with the values,
    ``smp,num_prototypes=4``.

    Raises:
        ValueError: If no config has a field, a value has another type than the field
            has, or two configs would have the same name.

    >>> cfg = Config(dict(train_cfg=dict(max_epochs=5)))
    >>> list(sweep_configs(dict(a=cfg), {'train_cfg.max_epochs': [10, 20]}))
    ['a,max_epochs=10', 'a,max_epochs=20']
    """
    found: dict[str, Config] = {}
    unused = set(fields)
    for name, config in configs.items():
        own = [field for field in fields if _places(config, field)]
        unused -= set(own)
        for values in product(*(_listed(fields[field]) for field in own)):
            copy = Config(config.to_dict())
            for field, value in zip(own, values):
                set_field(copy, field, value)
            chosen = dict(zip(own, values))
            title = ','.join([name, *(_label(own, *pair) for pair in chosen.items())])
            if title in found:
                raise ValueError(f'two runs would be called {title!r}')
            found[title] = copy
    if unused:
        raise ValueError(_unknown(', '.join(sorted(unused)), *configs))
    return found


def set_field(config: Config, field: str, value: Any) -> None:
    """Give a field that a config has, see :func:`sweep_configs`, a value.

    Raises:
        ValueError: If the config has no such field, or its type is another one.

    >>> cfg = Config(dict(custom_hooks=[dict(type='SMPHook', start_epoch=2)]))
    >>> set_field(cfg, 'SMPHook.alpha', 0.8)
    >>> cfg.custom_hooks[0].alpha
    0.8
    """
    places = _places(config, field)
    if not places:
        raise ValueError(_unknown(field, 'the config'))
    for parent, key in places:
        kinds = _kinds_of_field(parent, key)
        if kinds and _kind(value) not in kinds:
            expected = ' or '.join(sorted(kinds))
            raise ValueError(f'{field} is {expected}, and cannot be {value!r}')
        parent[key] = value


def _listed(values: Any) -> Sequence:
    return values if isinstance(values, (list, tuple)) else [values]


def _label(own: Sequence[str], field: str, value: Any) -> str:
    last = field.split('.')[-1]
    short = sum(other.split('.')[-1] == last for other in own) == 1
    text = str(value).replace(' ', '').replace('/', '_')
    return f'{last if short else field}={text}'


def _unknown(fields: str, *names: str) -> str:
    examples = 'train_cfg.max_epochs, or SMPHook.alpha of a component'
    return f'{", ".join(names)} has no field {fields}: name it as in {examples}'


def _places(config: Config, field: str) -> list[tuple[Any, Any]]:
    """Where the field is or may be set: the dict or list, and the key in it."""
    first, *rest = field.split('.')
    if first in config:
        starts, parts = [config], [first, *rest]
    else:
        starts, parts = [*_of_type(dict(config.items()), first)], rest
    places = [_descend(start, parts) for start in starts if parts]
    return [place for place in places if place is not None]


def _descend(node: Any, parts: Sequence[str]) -> tuple[Any, Any] | None:
    *above, last = parts
    for part in above:
        key = _key(node, part)
        if key is None:
            return None
        node = node[key]
    key = _key(node, last)
    if key is None and isinstance(node, dict) and last in _parameters(node):
        key = last
    return None if key is None else (node, key)


def _key(node: Any, part: str) -> Any:
    """The key or index that a part of a path means, or None."""
    if isinstance(node, (dict, Config)):
        return part if part in node else None
    if isinstance(node, list) and part.isdecimal() and int(part) < len(node):
        return int(part)
    return None


def _of_type(node: Any, name: str) -> Iterator[dict]:
    """All dicts in a config that describe a component of this type."""
    if isinstance(node, dict):
        if _type_name(node) == name:
            yield node
        node = list(node.values())
    for part in node if isinstance(node, (list, tuple)) else ():
        yield from _of_type(part, name)


def _type_name(node: dict) -> str:
    kind = node.get('type')
    name = kind if isinstance(kind, str) else getattr(kind, '__name__', '')
    return name.split('.')[-1]


def _parameters(node: dict) -> dict[str, inspect.Parameter]:
    """What the class of a component takes, its bases included as far as they matter."""
    name = _type_name(node)
    found: dict[str, inspect.Parameter] = {}
    lists = [getattr(registry, each) for each in registry.__all__ if name]
    kind = next((kind for each in lists if (kind := each.get(name))), None)
    for part in inspect.getmro(kind) if isinstance(kind, type) else ():
        if init := vars(part).get('__init__'):
            taken = inspect.signature(init).parameters
            found = {**taken, **found}
            if not any(p.kind is p.VAR_KEYWORD for p in taken.values()):
                break
    plain = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {key: p for key, p in found.items() if p.kind in plain and key != 'self'}


def _kinds_of_field(parent: Any, key: Any) -> set[str]:
    """The kinds of values a field may have; empty where nothing is known."""
    kinds = set()
    if isinstance(parent, dict) and (parameter := _parameters(parent).get(key)):
        if parameter.default not in (parameter.empty, None):
            kinds.add(_kind(parameter.default))
        kinds |= _kinds_of_annotation(parameter.annotation)
    node = parent.get(key) if isinstance(parent, (dict, Config)) else parent[key]
    if node is not None:
        kinds.add(_kind(node))
    return kinds


def _kinds_of_annotation(annotation: Any) -> set[str]:
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        return set().union(*map(_kinds_of_annotation, get_args(annotation)))
    if origin is Literal:
        return {_kind(value) for value in get_args(annotation)}
    names = {bool: 'true or false', str: 'a text', dict: 'a dict', type(None): 'None'}
    names |= dict.fromkeys((int, float), 'a number') | {list: 'a list', tuple: 'a list'}
    found = names.get(origin or annotation)
    return {found} if found else set()


def _kind(value: Any) -> str:
    """What kind of value this is, in words."""
    if value is None:
        return 'None'
    if isinstance(value, bool):
        return 'true or false'
    if isinstance(value, (int, float)):
        return 'a number'
    if isinstance(value, str):
        return 'a text'
    return 'a list' if isinstance(value, (list, tuple)) else 'a dict'
