import json

import pytest

from nl_plugins.datasets.releases.aliproducts import read_product_tree

CLASSES = ['00', '01', '02', '03']


def read(write, tree):
    return read_product_tree(write(json.dumps(tree), 'tree.json'), CLASSES)


def test_tree_of_any_depth(write):
    tree = {'food': {'chips': {'red': ['01', '00']}, 'soap': ['03']}, 'none': {}}
    assert read(write, tree) == {
        'food': {'chips': {'red': ('01', '00')}, 'soap': ('03',)},
        'none': {},
    }


def test_numbers_are_classes_too(write):
    assert read(write, {'a': [2, '01']}) == {'a': ('02', '01')}


@pytest.mark.parametrize(
    ('tree', 'message'),
    [
        (['00'], 'expected an object of branches'),
        ({'a': {'b': '00'}}, "'/a/b' is no list of classes and no object"),
        ({'a': None}, "'/a' is no list"),
        ({'a': ['04']}, "'04' in '/a' is no class"),
        ({'a': [4]}, "4 in '/a' is no class"),
        ({'a': [-1]}, "-1 in '/a' is no class"),
        ({'a': [True]}, "True in '/a' is no class"),
        ({'a': [['00']]}, r"\['00'\] in '/a' is no class"),
        ({'a': [0], 'b': {'c': ['00']}}, "class '00' is in '/a' and in '/b/c'"),
        ({'a': ['00', '00']}, "class '00' is in '/a' and in '/a'"),
    ],
)
def test_bad_tree(write, tree, message):
    with pytest.raises(ValueError, match=rf'tree\.json: {message}'):
        read(write, tree)


def test_bottomless_tree(write):
    content = '{"a": ' * 900 + '[]' + '}' * 900
    with pytest.raises(ValueError, match=r"tree\.json: '/a/a.* is no list"):
        read_product_tree(write(content, 'tree.json'), CLASSES)
