"""The digits config of the noise layer, cut short, and the report of its checkpoint."""

from tool_runs import print_of_tool

NOISE = 'train_dataloader.dataset.dataset.dataset'
OPTIONS = (
    'train_cfg.max_epochs=3',
    'custom_hooks.0.phases.types=2',
    'custom_hooks.0.phases.joint=3',
    'param_scheduler.periods=[1,1,1]',
    'load_from=None',
    f'{NOISE}.indices=200',
)


def run(tool, *arguments):
    config = 'nl_plugins::noise_layer/digits_6_noise_layer.py'
    return print_of_tool(tool, config, *arguments, '--cfg-options', *OPTIONS)


def test_train_and_report(tmp_path):
    text = run('train', '--work-dir', tmp_path / 'run')
    for phase in ('classes', 'types', 'joint'):
        assert f"phase '{phase}'" in text
    assert 'confusion matrix estimated from 6 samples with both labels' in text
    labels = (tmp_path / 'run' / 'cleaned_labels.csv').read_text().splitlines()
    assert len(labels) == 1 + 200
    # the second epoch's: the overrides do not make the report train on
    checkpoint, out = tmp_path / 'run' / 'epoch_2.pth', tmp_path / 'report'
    printed = run('report', checkpoint, '--out', out)
    assert str(out / 'confusion.png') in printed
    assert (out / 'confusion.png').read_bytes().startswith(b'\x89PNG')
    assert not (out / 'predictions.png').exists()
