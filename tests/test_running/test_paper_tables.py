"""The tables of the papers: every row has a config that builds, or says why not."""

from copy import deepcopy
from dataclasses import replace

import pytest
import yaml
from layouts.aliproducts import write_aliproducts
from layouts.clothing1m import write_clothing1m
from layouts.food101n import write_food101, write_food101n
from layouts.webvision import write_webvision
from mmengine.registry import init_default_scope
from mmpretrain.registry import HOOKS, MODELS

from nl_plugins.running import paper_run
from nl_plugins.running.paper_tables import PAPERS, read_tables, select_tables
from nl_plugins.running.run_config import CONFIGS

TABLES = read_tables()
CELLS = [cell for table in TABLES.values() for cell in table.cells]
ALL_RUNS = [run for cell in CELLS if cell.run for run in cell.run.chain]
RUNS = [*{repr(run): run for run in ALL_RUNS}.values()]


def test_every_table_of_the_five_papers_is_there():
    numbers = dict(smp=5, cleannet=6, noise_layer=2, two_stage=4, sinet=9)
    without = {'cleannet/table1', 'cleannet/table5', 'noise_layer/table1'}  # no results
    for method, last in numbers.items():
        names = {f'{method}/table{number}' for number in range(1, last + 1)} - without
        for name in names:
            assert any(t == name or t.startswith(f'{name}_') for t in TABLES), name
    assert len(CELLS) > 300
    assert len({(cell.table, cell.title) for cell in CELLS}) == len(CELLS)


def test_every_cell_has_configs_or_says_why_not():
    for cell in CELLS:
        assert cell.paper, cell.title
        for path in cell.configs:
            assert (CONFIGS / path).exists(), f'{cell.table}, {cell.title}: {path}'
        told = cell.why or cell.command
        assert bool(cell.configs) != bool(told), f'{cell.table}, {cell.title}'
        assert not cell.configs or cell.data, f'{cell.table}, {cell.title}'


def test_every_table_says_what_chose_what():
    assert all(table.chosen for table in TABLES.values())


def test_the_options_of_every_cell_build():
    """What the configs are without them is built by tests/test_configs.py."""
    built = set()
    for run in RUNS:
        if not run.options:
            continue
        config = run.prepare()
        init_default_scope(config.default_scope)
        for hook in config.get('custom_hooks', []):
            HOOKS.build(deepcopy(hook))
        if any(key.startswith('model.') for key in run.options):
            if repr(config.model) not in built:
                MODELS.build(config.model)
            built.add(repr(config.model))


def test_a_run_begins_with_no_file_but_those_of_the_runs_before():
    """And its network is the one whose checkpoint it takes."""
    for run in RUNS:
        config = run.prepare()
        assert "'work_dirs/" not in repr(config.to_dict()), run.config
        for name, earlier in run.after.items():
            before = earlier.prepare().model
            assert config.model.backbone.type == before.backbone.type, run.config
            if name == 'SINetHook.checkpoint' or run.tested:
                assert config.model.backbone == before.backbone, run.config
                assert config.model.head == before.head, run.config


def test_options_of_the_network_are_those_of_both_runs():
    cells = {cell.title: cell for cell in TABLES['sinet/table6'].cells}
    model_a, model_c = cells['SE-ResNeXt-101, top-1'].run.chain
    assert model_a.config == 'baseline/resnext101_webvision2.py'
    assert model_a.prepare().model.backbone.type == 'SEResNeXt'
    assert model_a.prepare().model == model_c.prepare().model
    plain = cells['ResNeXt-101, top-1'].run.chain[0]
    assert model_a.name != plain.name
    assert plain.name == TABLES['sinet/table1'].cells[0].run.name, 'a row of its own'


def test_the_paper_with_itself_is_one_run():
    """The same config under two names is trained once; other options are others."""
    mnist = {cell.title: cell for cell in TABLES['two_stage/table3_mnist'].cells}
    first = mnist['cross-entropy [37], asym. 0.6'].run.name
    assert first == mnist['cross-entropy, asym. 0.6'].run.name
    assert first != mnist['cross-entropy, asym. 0.2'].run.name
    assert len({cell.run.name for cell in mnist.values()}) == 44


def test_the_first_network_of_a_column_is_that_of_its_noise():
    mnist = {cell.title: cell.run for cell in TABLES['two_stage/table3_mnist'].cells}
    for column in ('p = 0', 'asym. 0.6'):
        first, _ = mnist[f'forward [37], {column}'].chain
        assert first.name == mnist[f'cross-entropy, {column}'].name


def test_where_the_data_lies_does_not_matter(monkeypatch):
    cell = TABLES['two_stage/table3_mnist'].cells[0]
    names = set()
    for root in ('/elsewhere', 'data'):
        monkeypatch.setenv('NL_DATA', root)
        paper_run._read.cache_clear()
        names.add(replace(cell.run).name)  # of the run itself it is known
    paper_run._read.cache_clear()
    assert len(names) == 1


def test_tables_are_chosen_by_name_or_method():
    (one,) = select_tables(TABLES, ['smp/table1'])
    assert one.cells[4].paper == '74.45'
    smp = [table.name for table in select_tables(TABLES, ['smp', 'smp/table1'])]
    assert smp == [name for name in TABLES if name.startswith('smp/')]
    with pytest.raises(ValueError, match="no table 'smp/table': there are cleannet/"):
        select_tables(TABLES, ['smp/table'])


ROW = dict(name='a', paper=1.5, config='baseline/digits_sym50.py')


@pytest.mark.parametrize(
    ('table', 'message'),
    [
        (dict(rows=[dict(ROW, confg='b')]), "x/t, row 'a' has unknown keys confg"),
        (dict(rows=[ROW], metrics=[]), 'x/t has unknown keys metrics'),
        (
            dict(rows=[dict(name='a', paper=1)]),
            'needs a config, a command, or says why',
        ),
        (dict(rows=[ROW], columns=[1, 2]), "row 'a' has 1 values for 2 columns"),
        (dict(), 'x/t has no rows'),
        (dict(rows=dict(a=1)), "rows are a list, not {'a': 1}"),
        (dict(rows=['a']), "row 'a' has keys and their values, not 'a'"),
        (dict(rows=[dict(name='a', config='b.py')]), "row 'a' has no paper"),
        (dict(rows=[dict(ROW, options=[1])]), 'options has keys and their values'),
        (dict(rows=[dict(ROW, seeds=3)]), "row 'a': seeds are integers in a list, no"),
        (dict(rows=[dict(ROW, seeds=['a'])]), r"integers in a list, not \['a'\]"),
        (dict(rows=[dict(ROW, seeds=[True])]), r'integers in a list, not \[True\]'),
        (dict(rows=[dict(ROW, data=[1])]), r'data are texts in a list, not \[1\]'),
        (dict(rows=[dict(ROW, config=5)]), 'config are texts in a list, not 5'),
        (dict(rows=[dict(ROW, config=dict(a='b'))]), 'config are texts in a list, no'),
        (dict(rows=[dict(ROW, config=[])]), 'has an empty list of configs'),
        (dict(rows=[dict(ROW, after='b.py')]), "row 'a', after has keys and their"),
        (
            dict(rows=[dict(ROW, after=dict(b=dict(options={})))]),
            "row 'a', after b has no config",
        ),
        (
            dict(rows=[dict(ROW, after=dict(b=dict(config='c', evaluate='d')))]),
            "row 'a', after b has unknown keys evaluate",
        ),
        (dict(rows=[ROW], evaluate=['b']), r"a': evaluate is a config, not \['b'\]"),
        (dict(rows=[ROW], columns=5), 'columns are a list or have keys, not 5'),
        (dict(rows=[dict(ROW, paper=[1, 2])], columns='ab'), "have keys, not 'ab'"),
        (dict(rows=[ROW, ROW]), "x/t has two numbers 'a': give them other names"),
        (
            dict(columns=dict(c='m'), rows=[dict(ROW, name=n) for n in (1, '1')]),
            "x/t has two numbers '1, c'",
        ),
    ],
)
def test_faults_of_a_table(tmp_path, table, message):
    content = dict(paper='P', tables=dict(t=dict(title='T', **table)))
    (tmp_path / 'x.yml').write_text(yaml.safe_dump(content))
    with pytest.raises(ValueError, match=message) as caught:
        read_tables(tmp_path)
    assert str(caught.value).startswith(f'{tmp_path / "x.yml"}: x/t')


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('paper: [', 'is no YAML: '),
        ('', 'has keys and their values, not None'),
        ('paper: P', 'has no tables'),
        ('{paper: P, tables: [t]}', 'has keys and their values'),
    ],
)
def test_faults_of_a_file(tmp_path, text, message):
    (tmp_path / 'x.yml').write_text(text)
    with pytest.raises(ValueError, match=message) as caught:
        read_tables(tmp_path)
    assert str(caught.value).startswith(str(tmp_path / 'x.yml'))


def test_the_files_are_those_of_the_methods():
    assert {path.stem for path in PAPERS.glob('*.yml')} <= {
        path.name for path in CONFIGS.iterdir()
    }


def test_the_files_that_cells_need_are_those_of_the_releases(tmp_path):
    write_clothing1m(tmp_path / 'clothing1m')
    write_food101n(tmp_path / 'Food-101N_release')
    write_food101(tmp_path / 'food-101')
    write_webvision(tmp_path / 'webvision1')
    write_webvision(tmp_path / 'webvision2', '2.0')
    write_aliproducts(tmp_path / 'aliproducts')
    written = {path.name for path in tmp_path.iterdir()}
    names = {name for cell in CELLS for name in cell.data}
    others = {name.split('/')[0] for name in names} - written
    assert others == {'mnist', 'cifar10', 'imagenet'}
    for name in names:
        if name.startswith('webvision1/verified_'):
            continue  # a list that its config says how to make
        assert name.split('/')[0] in others or (tmp_path / name).exists(), name
