"""Runs that begin with another: shared, killed between the two, tested elsewhere."""

import json
from hashlib import sha256

import pytest
from mmengine.config import Config
from tool_runs import print_of_tool, run_tool

from nl_plugins.running import paper_run
from nl_plugins.running.ledger import read_lines
from nl_plugins.running.paper_run import PaperRun
from nl_plugins.running.run_config import read_config

TABLES = """
paper: "A, B: C, 2018"
tables:
  table1:
    title: weights before a new training
    chosen: nothing
    after: {SINetHook.checkpoint: PLAIN}
    rows:
      - {name: Model-B, paper: 1, config: SINET, options: {SINetHook.threshold: 0.3}}
      - {name: Model-C, paper: 2, config: SINET}
      - {name: elsewhere, paper: 3, config: SINET, evaluate: ELSEWHERE}
"""
PLAIN = """
_base_ = 'nl_plugins::baseline/digits_sym50.py'
model = dict(backbone=dict(stem_channels=2, base_channels=2), neck=dict(in_channels=64))
train_dataloader = dict(dataset=dict(indices=128), batch_size=64)
train_cfg = dict(max_epochs=2)
param_scheduler = dict(T_max=2)
"""
SINET = """
_base_ = './plain.py'
custom_hooks = [dict(type='SINetHook', graph=None, checkpoint='no.pth', interval=1)]
"""
ELSEWHERE = """
_base_ = './plain.py'
test_dataloader = dict(dataset=dict(indices=100))
"""


@pytest.fixture
def tool(tmp_path):
    (tmp_path / 'papers').mkdir()
    text = TABLES
    for name, content in dict(PLAIN=PLAIN, SINET=SINET, ELSEWHERE=ELSEWHERE).items():
        path = tmp_path / f'{name.lower()}.py'
        path.write_text(content)
        text = text.replace(name, str(path))
    (tmp_path / 'papers' / 'toy.yml').write_text(text)
    folders = dict(papers='papers', results='r', work_dir='w')
    options = [(f'--{k.replace("_", "-")}', tmp_path / v) for k, v in folders.items()]
    return ['reproduce', 'toy/table1', *(part for pair in options for part in pair)]


def killed_before_the_second():
    run_once, titles = paper_run.run_once, []

    def once(config, folder, title, *arguments):
        titles.append(title)
        if len(titles) == 2:
            raise KeyboardInterrupt
        return run_once(config, folder, title, *arguments)

    paper_run.run_once = once


def test_runs_share_the_one_that_they_begin_with(tool, tmp_path):
    assert run_tool(*tool, prepare=killed_before_the_second).returncode
    (plain,) = (tmp_path / 'w').glob('*_plain-*/seed_0')
    before = (plain / 'result.json').stat().st_mtime_ns
    assert not (tmp_path / 'r').exists()

    printed = print_of_tool(*tool)
    assert printed.count('seed 0 ') == 2, 'Model-A is trained, the third only tested'
    assert (plain / 'result.json').stat().st_mtime_ns == before
    assert len([*(tmp_path / 'w').iterdir()]) == 4
    lines = {line['row']: line for line in read_lines(tmp_path / 'r/ledger.jsonl')}
    for row in ('Model-B', 'Model-C'):
        (log,) = (tmp_path / 'w' / lines[row]['run']).glob('*/*/vis_data/config.py')
        text = log.read_text()
        assert f"checkpoint='{plain}/epoch_2.pth'" in text
        assert len(lines[row]['configs']) == 2

    # only tested, on 100 images of the 360
    tested = tmp_path / 'w' / lines['elsewhere']['run'] / 'seed_0'
    assert lines['elsewhere']['value'] == pytest.approx(
        100 * json.loads((tested / 'result.json').read_text())['top1'], abs=1e-3
    )
    assert lines['elsewhere']['value'] % 1 == 0, 'a share of 100 images'
    assert not (tested / 'last_checkpoint').exists()
    assert len(lines['elsewhere']['configs']) == 3
    assert '_elsewhere-' in lines['elsewhere']['run']

    # the earlier run, killed in its second epoch, goes on from its own checkpoint
    for path in (plain / 'result.json', plain / 'epoch_2.pth'):
        path.unlink()
    (plain / 'last_checkpoint').write_text(str(plain / 'epoch_1.pth'))
    (tmp_path / 'w' / lines['Model-C']['run'] / 'seed_0' / 'result.json').unlink()
    (tmp_path / 'r/ledger.jsonl').unlink()
    print_of_tool(*tool, '--rows', 'Model-C')
    (again,) = read_lines(tmp_path / 'r/ledger.jsonl')
    assert again['value'] == lines['Model-C']['value']
    assert json.loads((plain / 'result.json').read_text())['origin']['resumed']

    (plain / 'epoch_2.pth').unlink()
    done = run_tool(*tool, '--rows', 'Model-C')
    assert 'is finished and has no checkpoint for the next run' in done.stderr


def test_a_digest_is_that_of_all_runs(tmp_path):
    (tmp_path / 'plain.py').write_text(PLAIN)
    (tmp_path / 'sinet.py').write_text(SINET)
    plain, sinet = str(tmp_path / 'plain.py'), str(tmp_path / 'sinet.py')
    first = PaperRun(plain)
    text = read_config(plain).pretty_text
    assert first.digest == sha256(text.encode()).hexdigest(), 'as in old ledgers'
    runs = [
        PaperRun(sinet, after={'SINetHook.checkpoint': earlier})
        for earlier in (first, PaperRun(plain, {'train_cfg.max_epochs': 3}))
    ]
    names = {run.name for run in (*runs, PaperRun(sinet), first)}
    assert len(names) == 4
    again = PaperRun(sinet, after={'SINetHook.checkpoint': PaperRun(plain)})
    assert again.name == runs[0].name
    assert runs[0].chain == [first, runs[0]]
    assert runs[0].prepare().custom_hooks[0].checkpoint == first.digest
    tested = PaperRun(plain, after=dict(load_from=first), tested=True)
    trained = PaperRun(plain, after=dict(load_from=first))
    assert tested.name != trained.name
    assert isinstance(tested.prepare(), Config)


@pytest.mark.parametrize(
    ('changed', 'message'),
    [
        (dict(options={'SMPHook.alpha': 1}), 'the config has no field SMPHook.alpha'),
        (dict(after={'SINetHook.checkpoint': None}), 'has no field SINetHook.check'),
    ],
)
def test_a_config_without_the_field_is_named(tmp_path, changed, message):
    path = tmp_path / 'plain.py'
    path.write_text(PLAIN)
    earlier = {name: PaperRun(str(path)) for name in changed.get('after', {})}
    run = PaperRun(str(path), changed.get('options', {}), earlier)
    with pytest.raises(ValueError, match=message) as caught:
        run.prepare()
    assert str(caught.value).startswith(f'{path}: ')
