"""What must hold of the package as a whole."""

import ast
import importlib
import re
from collections import Counter
from pathlib import Path

import pytest
from mmpretrain import registry

import nl_plugins
from nl_plugins import functional

ROOT = Path(nl_plugins.__file__).parent
FILES = [path for path in ROOT.rglob('*.py') if '.mim' not in path.parts]


def registered() -> dict[str, type]:
    """The classes of the package in MMPretrain's registries, by name."""
    found = {}
    for name in registry.__all__:
        for kind in getattr(registry, name).module_dict.values():
            if getattr(kind, '__module__', '').startswith('nl_plugins.'):
                found[kind.__name__] = kind
    return found


def modules():
    for path in FILES:
        parts = path.relative_to(ROOT.parent).with_suffix('').parts
        if parts[-1] not in ('__init__', '__main__', 'version'):
            yield importlib.import_module('.'.join(parts))


@pytest.mark.parametrize('name', sorted(registered()))
def test_each_registered_class_has_an_example(name):
    assert '>>>' in registered()[name].__doc__


@pytest.mark.parametrize('name', functional.__all__)
def test_each_public_function_has_an_example(name):
    thing = getattr(functional, name)
    if not isinstance(thing, type):
        assert '>>>' in thing.__doc__


def test_what_a_file_says_it_offers_is_defined_there():
    assert len(functional.__all__) == len(set(functional.__all__))
    for module in modules():
        for name in module.__all__:
            owner = getattr(getattr(module, name), '__module__', module.__name__)
            alias = owner in ('typing', 'types', 'collections.abc')
            assert alias or owner == module.__name__, f'{module.__name__}.{name}'


def test_no_two_files_have_the_same_name():
    names = Counter(path.name for path in FILES if path.name != '__init__.py')
    assert [name for name, count in names.items() if count > 1] == []


def test_no_function_body_is_longer_than_40_lines():
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1 if ast.get_docstring(node) else 0 :] or node.body
                length = body[-1].end_lineno - body[0].lineno + 1
                assert length <= 40, f'{path}: {node.name} has {length} lines'


def test_only_the_functions_are_offered_by_their_folder():
    for path in ROOT.rglob('__init__.py'):
        if path.parent not in (ROOT, ROOT / 'functional') and '.mim' not in path.parts:
            tree = ast.parse(path.read_text(encoding='utf-8'))
            kinds = {type(node) for node in tree.body[1:]}
            assert kinds <= {ast.ImportFrom}, path
            for node in tree.body[1:]:
                assert node.module is None, f'{path} re-exports {node.module}'


def test_no_message_names_a_function_of_the_package():
    """But what users write: of a dataset, a tool, and in what ``find`` writes."""
    trees = [ast.parse(path.read_text()) for path in FILES]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    functions = {n.name for n in nodes if isinstance(n, ast.FunctionDef)}
    written = {n.arg for n in nodes if isinstance(n, (ast.arg, ast.keyword))}
    hidden = {name for name in functions if '_' in name} - written
    hidden -= {'get_data_info', 'check_data', 'feature_network'}
    docs = {id(n.value) for n in nodes if isinstance(n, ast.Expr)}
    asserted = {id(n.msg) for n in nodes if isinstance(n, ast.Assert)}
    texts = [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if id(node) not in docs and (' ' in node.value or id(node) in asserted)
    ]
    assert len(texts) > 1000
    named = [text for text in texts if hidden & set(re.findall(r'\w+', text))]
    assert named == []
