"""Class graphs: trees, sums, the cache, and configs."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from nl_plugins.methods.sinet.class_graphs.build import build_class_graph
from nl_plugins.methods.sinet.class_graphs.class_graph import ClassGraph, SumGraph
from nl_plugins.methods.sinet.class_graphs.tree_graph import TreeGraph

CLASSES = ['siamese', 'manx', 'beagle', 'truck']
PARENTS = {
    'siamese': 'cat',
    'manx': ['cat', 'pet'],
    'beagle': ['dog', 'pet'],
    'cat': 'animal',
    'dog': 'animal',
    'truck': [],
}
TREE = {'animal': {'cat': ['siamese', 'manx'], 'dog': {'beagle': None}}, 'truck': {}}
THIRD, FIFTH = 1 / 3, 1 / 5
NESTED = torch.tensor(
    [
        [1, THIRD, FIFTH, 0],
        [THIRD, 1, FIFTH, 0],
        [FIFTH, FIFTH, 1, 0],
        [0, 0, 0, 1],
    ]
)


def build(config, labels=None, **metainfo):
    dataset = SimpleNamespace(metainfo=dict(dict(classes=CLASSES), **metainfo))
    return build_class_graph(config, dataset, labels)


class CountingGraph(ClassGraph):
    def __init__(self, matrix, name='a'):
        self.matrix, self.name, self.count = matrix, name, 0

    def inputs(self):
        return dict(name=self.name)

    def compute(self):
        self.count += 1
        return self.matrix


def test_parents_and_nested_tree():
    expected = NESTED.clone()
    assert torch.equal(TreeGraph(CLASSES, tree=TREE).compute(), expected)
    expected[1, 2] = expected[2, 1] = THIRD  # both are pets
    assert torch.equal(TreeGraph(CLASSES, parents=PARENTS).compute(), expected)


def test_no_parents_at_all_is_the_identity():
    assert torch.equal(TreeGraph(CLASSES, parents={}).compute(), torch.eye(4))


def test_branches_of_the_same_name_are_different_ones():
    tree = {'food': {'other': ['a', 'b']}, 'toys': {'other': ['c']}, 'd': ['e']}
    graph = TreeGraph(['a', 'b', 'c', 'd', 'e'], tree=[tree]).compute()
    assert graph[0, 1] == torch.tensor(THIRD)
    assert graph[0, 2] == 0
    assert graph[3, 4] == 0.5  # a branch that is a class


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(), 'either `parents` or `tree`'),
        (dict(parents={}, tree={}), 'either `parents` or `tree`'),
        (dict(parents={'siamese': 'cat'}), "3 of 4 classes are nowhere.*'manx'"),
        (dict(tree={'cat': ['siamese', 'manx', 'beagle']}), "1 of 4.*'truck'"),
        (dict(tree=[TREE, {'x': ['manx']}]), "class 'manx' is in the tree twice"),
    ],
)
def test_bad_hierarchies(settings, message):
    with pytest.raises(ValueError, match=message):
        TreeGraph(CLASSES, **settings)


def test_a_cycle_is_named():
    graph = TreeGraph(CLASSES, parents={**PARENTS, 'animal': 'cat'})
    with pytest.raises(ValueError, match="cycle: 'cat' is above itself"):
        graph.compute()


def test_the_sum_is_weighted():
    parts = [CountingGraph(torch.eye(2)), CountingGraph(torch.ones(2, 2), 'b')]
    assert SumGraph(parts).compute().tolist() == [[2, 1], [1, 2]]
    assert SumGraph(parts, [2, 0.5]).compute().tolist() == [[2.5, 0.5], [0.5, 2.5]]
    parts.append(CountingGraph(torch.eye(3)))
    with pytest.raises(ValueError, match='graphs of 2 and of 3 classes'):
        SumGraph(parts).compute()
    with pytest.raises(ValueError, match='1 weights for 3 graphs'):
        SumGraph(parts, [1.0])
    with pytest.raises(ValueError, match='0 graphs'):
        SumGraph([])


def test_the_cache_is_asked_first_and_other_inputs_are_another_file(tmp_path):
    graph = CountingGraph(torch.rand(3, 3, dtype=torch.float64))
    folder = tmp_path / 'new'
    first = graph.similarity(folder)
    assert first.dtype == torch.float32
    assert torch.equal(first, graph.matrix.float())
    assert torch.equal(graph.similarity(folder), first)
    assert graph.count == 1
    other = CountingGraph(torch.zeros(2, 2), 'b')
    assert torch.equal(other.similarity(folder), other.matrix)
    assert len(list(folder.iterdir())) == 2
    graph.similarity(None)
    assert graph.count == 2


def test_what_is_done_to_a_graph_does_not_reach_the_file(tmp_path):
    graph = CountingGraph(torch.rand(3, 3))
    graph.similarity(tmp_path).zero_()
    assert torch.equal(graph.similarity(tmp_path), graph.matrix)


def test_parts_of_a_sum_are_kept(tmp_path):
    parts = [CountingGraph(torch.eye(2)), CountingGraph(torch.ones(2, 2), 'b')]
    for weights in ([1, 1], [1, 3]):
        total = SumGraph(parts, weights).similarity(tmp_path)
        assert torch.equal(total, torch.eye(2) + weights[1])
    assert [part.count for part in parts] == [1, 1]


@pytest.mark.parametrize('damage', ['truncated', 'pickle', 'double', 'flat'])
def test_a_damaged_file_is_replaced(tmp_path, damage):
    graph = CountingGraph(torch.rand(30, 30))
    graph.similarity(tmp_path)
    (path,) = tmp_path.iterdir()
    if damage == 'truncated':
        path.write_bytes(path.read_bytes()[:500])
    elif damage == 'pickle':
        np.save(path, np.array([{}], dtype=object))
    elif damage == 'double':
        np.save(path, np.eye(30))
    else:
        np.save(path, np.zeros((30, 2), np.float32))
    assert torch.equal(graph.similarity(tmp_path), graph.matrix)
    assert graph.count == 2
    assert torch.equal(graph.similarity(tmp_path), graph.matrix)
    assert graph.count == 2


@pytest.mark.parametrize(
    ('matrix', 'message'),
    [
        (torch.zeros(2, 3), r'class graph must be square, got shape \(2, 3\)'),
        (
            torch.tensor([[1.0, float('nan')], [0, 1]]),
            r'must be finite, got nan at \[0, 1\]',
        ),
    ],
)
def test_a_bad_matrix_is_not_kept(tmp_path, matrix, message):
    with pytest.raises(ValueError, match=message):
        CountingGraph(matrix).similarity(tmp_path)
    assert not list(tmp_path.iterdir())


def test_configs_of_trees_and_sums(tmp_path):
    (tmp_path / 'tree.json').write_text(json.dumps(TREE))
    from_file = dict(type='tree', tree=str(tmp_path / 'tree.json'))
    inline = dict(type='tree', tree=TREE)
    from_data = dict(type='tree', tree='products')
    for config in (from_file, inline, from_data):
        graph = build(config, products=TREE)
        assert torch.equal(graph.compute(), NESTED)
    total = dict(type='sum', graphs=[from_file, inline], weights=[1, 2])
    assert torch.allclose(build(total).compute(), 3 * NESTED)
    assert total == dict(type='sum', graphs=[from_file, inline], weights=[1, 2])
    named = dict(type='tree', classes=['x', 'y'], parents={})
    assert torch.equal(build(named).compute(), torch.eye(2))
    other = build(dict(type='tree', classes='ids', parents={}), ids=['a', 'b', 'c'])
    assert torch.equal(other.compute(), torch.eye(3))
    (tmp_path / 'classes.txt').write_text('\ufeffx y\r\nz\n\n')
    other = dict(type='tree', classes=str(tmp_path / 'classes.txt'), parents={})
    assert build(other).classes == ['x y', 'z']


@pytest.mark.parametrize(
    ('config', 'message'),
    [
        (
            dict(type='picture'),
            r"\['wordnet', 'text', 'tree', 'sum'\], but is 'pi",
        ),
        (dict(), 'but is None'),
        (
            dict(type='tree', tree='nowhere.json'),
            "'nowhere.json' is neither a file nor",
        ),
        (dict(type='tree', classes='ids', tree={}), "'ids' is neither in the metainfo"),
    ],
)
def test_bad_configs(config, message):
    with pytest.raises(ValueError, match=message):
        build(config)


def test_a_file_that_is_no_json_is_named(tmp_path):
    path = tmp_path / 'tree.json'
    path.write_text('{')
    with pytest.raises(ValueError, match='tree.json is no JSON'):
        build(dict(type='tree', tree=str(path)))
