"""A table is run, killed, goes on, is finished, and stays."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
import yaml
from tool_runs import print_of_tool, run_tool

from nl_plugins.running import reproduction
from nl_plugins.running.ledger import append_line, read_lines
from nl_plugins.running.paper_run import PaperRun
from nl_plugins.running.paper_tables import read_tables

ROWS = """
paper: "A, B: C, 2018"
tables:
  table1:
    title: a small one
    chosen: nothing
    seeds: [0, 1]
    sweep: NoisyLabels.noise
    columns: {p = 0: {type: symmetric, rate: 0.0}, sym.: {type: symmetric, rate: 0.2}}
    rows:
      - {name: plain, paper: [97, 96 ± 1], config: CONFIG}
      - {name: again, paper: [98, 95], config: CONFIG}
      - {name: large data, paper: [1, 2], config: CONFIG, data: [no/such.txt, b]}
      - {name: absent, paper: [3, 4], why: no config yet}
      - {name: by hand, paper: [5, 6], command: python tools/detect.py}
  two_runs:
    title: one run after another
    chosen: nothing
    columns:
      top-1: accuracy/top1
      right: corrected_label_accuracy
      logged: SMPHook.corrected_accuracy
    rows:
      - {name: tuned, paper: [97, 60, 60], config: [CONFIG, CONFIG_SMP]}
"""
TINY = """
_base_ = 'nl_plugins::baseline/digits_sym50.py'
model = dict(backbone=dict(stem_channels=2, base_channels=2), neck=dict(in_channels=64))
train_dataloader = dict(dataset=dict(indices=128), batch_size=64)
train_cfg = dict(max_epochs=2)
param_scheduler = dict(T_max=2)
"""
SMP = "\ncustom_hooks = [dict(type='SMPHook', start_epoch=2, num_samples=20)]\n"


@pytest.fixture
def papers(tmp_path):
    folder = tmp_path / 'papers'
    folder.mkdir()
    (tmp_path / 'tiny.py').write_text(TINY)
    (tmp_path / 'tiny_smp.py').write_text(TINY + SMP)
    text = ROWS.replace('CONFIG_SMP', str(tmp_path / 'tiny_smp.py'))
    (folder / 'toy.yml').write_text(text.replace('CONFIG', str(tmp_path / 'tiny.py')))
    return folder


@pytest.fixture
def tool(papers, tmp_path):
    def call(*arguments):
        folders = dict(papers=papers, results=tmp_path / 'r', work_dir=tmp_path / 'w')
        options = [(f'--{k.replace("_", "-")}', v) for k, v in folders.items()]
        return ['reproduce', *arguments, *(part for pair in options for part in pair)]

    return call


def cells(page: str) -> dict[str, list[str]]:
    rows = [line.strip('| ').split(' | ') for line in page.splitlines() if '|' in line]
    return {f'{row[0]}, {row[1]}': row[2:] for row in rows}


def test_a_table_from_nothing_to_its_page(tool, tmp_path):
    page = print_of_tool(*tool('toy/table1', '--seeds', 0, '--rows', 'plain'))
    ledger, path = tmp_path / 'r' / 'ledger.jsonl', tmp_path / 'r' / 'toy' / 'table1.md'
    (first, second) = read_lines(ledger)
    assert (first['row'], first['column'], first['seed']) == ('plain', 'p = 0', 0)
    assert second['options'] == {'NoisyLabels.noise': dict(type='symmetric', rate=0.2)}
    assert 0 < second['value'] <= 100
    assert first['wall_seconds'] > 0
    assert len(first['config_sha256']) == 64
    assert {'python', 'torch', 'mmengine', 'nl-plugins'} <= set(first['versions'])
    assert first['hardware']['threads'] >= 1
    assert {'revision', 'started'} <= set(first)
    found = cells(path.read_text())
    assert found['plain, p = 0'][:3] == ['97', f'{first["value"]:.2f}', '0']
    assert 'toy/table1, plain, sym., seed 0' in page
    assert 'toy/table1, again' not in page
    assert found['again, sym.'][:2] == ['95', 'not run']

    # a run that was killed in its second epoch goes on; one with a result stays
    run = tmp_path / 'w' / second['run'] / 'seed_0'
    (run / 'result.json').unlink()
    (run / 'epoch_2.pth').unlink()
    (run / 'last_checkpoint').write_text(str(run / 'epoch_1.pth'))
    shutil.rmtree(tmp_path / 'r')
    page = print_of_tool(*tool('toy/table1'))
    lines = read_lines(ledger)
    assert [line['seed'] for line in lines] == [0] * 4 + [1] * 4
    resumed = {line['column']: line['resumed'] for line in lines[:2]}
    assert resumed == {'p = 0': False, 'sym.': True}
    assert [line['value'] for line in lines[:2]] == [first['value'], second['value']]
    assert page.count('seed 0 ') == 1
    assert page.count('seed 1 ') == 2, 'the same run is trained once for two rows'
    found = cells(path.read_text())
    assert found['plain, sym.'][:1] == ['96 ± 1']
    assert ' ± ' in found['plain, sym.'][1]
    assert found['plain, sym.'][2] == '0, 1'
    assert 'needs NL_DATA/no/such.txt and 1 more' in found['large data, sym.'][-1]
    assert found['absent, p = 0'][-1] == 'no config yet'
    assert '`python tools/detect.py`' in found['by hand, p = 0'][-1]

    before = ledger.read_text()
    assert 'seed' not in print_of_tool(*tool('toy/table1')).split('#')[0]
    assert ledger.read_text() == before
    listed = print_of_tool(*tool('--list'))
    assert (
        f'| toy/table1 | plain | p = 0 | 97 | {found["plain, p = 0"][1]} | 0, 1'
        in listed
    )
    assert listed.rstrip().endswith(
        'numbers 13, run 4, by config 9, by hand 2, not yet 2'
    )


def test_a_run_that_begins_with_another(tool, tmp_path):
    print_of_tool(*tool('toy/two_runs'))
    top1, right, logged = read_lines(tmp_path / 'r' / 'ledger.jsonl')
    assert top1['run'] == right['run'] == logged['run']
    assert logged['value'] == pytest.approx(right['value'], abs=1e-3)
    result = json.loads(
        (tmp_path / 'w' / top1['run'] / 'seed_0/result.json').read_text()
    )
    assert top1['value'] == pytest.approx(100 * result['top1'], abs=1e-3)
    assert right['value'] == pytest.approx(
        100 * result['corrected_label_accuracy'], abs=1e-3
    )
    run = tmp_path / 'w' / top1['run'] / 'seed_0'
    (log,) = run.glob('*/vis_data/config.py')
    (before,) = (path for path in run.parents[1].iterdir() if path != run.parent)
    first = f'{before}/seed_0/epoch_2.pth'
    assert f"load_from='{first}'" in log.read_text().replace(' = ', '=')

    # killed in its second epoch, it goes on from its own checkpoint
    (run / 'result.json').unlink()
    (run / 'epoch_2.pth').unlink()
    (run / 'last_checkpoint').write_text(str(run / 'epoch_1.pth'))
    (tmp_path / 'r' / 'ledger.jsonl').unlink()
    print_of_tool(*tool('toy/two_runs'))
    again = read_lines(tmp_path / 'r' / 'ledger.jsonl')
    values = [top1['value'], right['value'], logged['value']]
    assert [line['value'] for line in again] == values
    assert [line['resumed'] for line in again] == [True] * 3
    assert len(json.loads((run / 'result.json').read_text())['curve']) == 2


def test_errors_come_before_the_training(tool, papers, tmp_path):
    content = yaml.safe_load((papers / 'toy.yml').read_text())
    table = content['tables']['table1']
    for change, message in (
        (dict(sweep='NoisyLabels.rate'), 'tiny.py: the config has no field'),
        (dict(metric='f1'), "plain, p = 0 measures no 'f1': choose one of accuracy"),
    ):
        changed = dict(content, tables=dict(table1={**table, **change}))
        (papers / 'toy.yml').write_text(yaml.safe_dump(changed, sort_keys=False))
        done = run_tool(*tool('toy/table1'))
        assert done.returncode
        assert message in done.stderr
    assert not (tmp_path / 'w').exists()
    done = run_tool(*tool('toys'))
    assert "no table 'toys': there are toy/table1" in done.stderr


def test_a_damaged_ledger_is_told_before_the_training(papers, tmp_path):
    (tmp_path / 'r').mkdir()
    (tmp_path / 'r' / 'ledger.jsonl').write_text('damaged\n')
    (table, _) = read_tables(papers).values()
    with pytest.raises(ValueError, match='ledger.jsonl, line 1 is no JSON object'):
        reproduction.reproduce(table, tmp_path / 'r', tmp_path / 'w', seeds=[0])
    assert not (tmp_path / 'w').exists()


def test_what_the_config_no_longer_is_does_not_count(papers, tmp_path, tool):
    (table, _) = read_tables(papers).values()
    line = dict(table=table.name, row='plain', column='sym.', seed=0, value=1.0)
    ledger = tmp_path / 'r' / 'ledger.jsonl'
    append_line(ledger, line | dict(metric='accuracy/top1', run='tiny-000000000000'))
    assert '| plain | sym. | 96 ± 1 | not run |' in print_of_tool(*tool('--list'))


def test_a_ledger_is_whole_or_names_its_line(tmp_path):
    ledger = tmp_path / 'r' / 'ledger.jsonl'
    assert read_lines(ledger) == []
    lines = [dict(row=f'a{text}b') for text in '\u2028\x85\n']
    append_line(ledger, lines[0])
    with open(ledger, 'a') as file:
        file.write('{"row": "a power cut')
    assert read_lines(ledger) == lines[:1]
    append_line(ledger, lines[1])
    ledger.write_bytes(ledger.read_bytes().rstrip())  # by an editor, say
    append_line(ledger, lines[2])
    assert read_lines(ledger) == lines
    whole = ledger.read_bytes()
    for odd in ('{"row":', '[["row", 1]]', '5', '\xff'):
        for rest in (b'', whole):
            ledger.write_bytes(whole + odd.encode('latin-1') + b'\n' + rest)
            with pytest.raises(ValueError, match='line 7 is no JSON object'):
                read_lines(ledger)


def test_writers_at_the_same_time_lose_no_line(tmp_path):
    lines = [dict(row=i, text='x' * 10_000) for i in range(60)]
    with ThreadPoolExecutor(4) as pool:
        [*pool.map(partial(append_line, tmp_path / 'ledger.jsonl'), lines)]
    found = read_lines(tmp_path / 'ledger.jsonl')
    assert sorted(found, key=lambda line: line['row']) == lines


def test_counts_are_no_shares():
    result = {'smp/class_1': 12, 'smp/precision': 0.5, 'accuracy/top5': 90.0}
    metrics = ('SMPHook.class_1', 'SMPHook.precision', 'accuracy/top5')
    assert [reproduction._value(result, m) for m in metrics] == [12, 50, 90]


def test_a_config_is_formatted_once(papers, tmp_path, monkeypatch):
    calls, prepare = [], PaperRun.prepare
    monkeypatch.setattr(
        PaperRun, 'prepare', lambda run: calls.append(run) or prepare(run)
    )
    (table, _) = read_tables(papers).values()
    line = dict(table=table.name, row='plain', seed=0, value=1.0, run='')
    for column in ('p = 0', 'sym.'):
        key = dict(column=column, metric='accuracy/top1')
        append_line(tmp_path / 'ledger.jsonl', line | key)
    for _ in range(2):
        reproduction.write_page(table, tmp_path)
        reproduction.listing([table], tmp_path)
    assert calls == [cell.run for cell in table.cells[:2]]


def test_a_run_that_fails_does_not_stop_the_others(tool, papers, tmp_path):
    content = yaml.safe_load((papers / 'toy.yml').read_text())
    rows = [dict(row) for row in content['tables']['table1']['rows'][:2]]
    rows[0].update(name='no', options={'optim_wrapper.optimizer.lr': -1})
    content['tables'] = dict(table1=dict(content['tables']['table1'], rows=rows))
    (papers / 'toy.yml').write_text(yaml.safe_dump(content, sort_keys=False))
    done = run_tool(*tool('toy/table1', '--seeds', 0, '--rows', 'p = 0'))
    assert done.returncode == 1
    assert (
        'these runs failed:\ntoy/table1, no, p = 0, seed 0: ValueError' in done.stderr
    )
    (line,) = read_lines(tmp_path / 'r' / 'ledger.jsonl')
    assert line['row'] == 'again'
