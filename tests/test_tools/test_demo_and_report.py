"""The demo's parts at a tiny size: runs, table, pictures, report of a checkpoint."""

import json

from mmengine.config import Config
from tool_runs import print_of_tool


def shorten_configs():
    """Config files have two epochs of a part of the data."""
    fromfile = Config.fromfile

    def shortened(path):
        config = fromfile(path)
        config.train_cfg.max_epochs = 2
        config.train_dataloader.dataset.indices = 300
        for hook in config.get('custom_hooks', []):
            hook.start_epoch = 2
        return config

    Config.fromfile = shortened


def test_demo_and_report(tmp_path):
    """Two epochs of the demo's runs: what it writes, not what it reaches."""
    out = tmp_path / 'demo'
    demo = ('demo', '--work-dir', out, '--seeds', 0)
    text = print_of_tool(*demo, prepare=shorten_configs)
    assert '| smp |' in text
    summary = json.loads((out / 'summary.json').read_text())
    assert len(summary['cross_entropy']['top1']) == 1
    for key in ('top1', 'given_label_accuracy', 'corrected_label_accuracy'):
        assert 0 <= summary['smp'][key][0] <= 1
    for name in ('accuracy_curves', 'density_similarity', 'suspicious_images'):
        assert (out / f'{name}.png').read_bytes().startswith(b'\x89PNG')
    labels = (out / 'smp' / 'seed_0' / 'cleaned_labels.csv').read_text().splitlines()
    assert len(labels) == 1 + 300

    # the second call repeats nothing and says the same
    assert '[1/2]' not in print_of_tool(*demo, prepare=shorten_configs)
    plain = print_of_tool(
        *('report', 'nl_plugins::baseline/digits_sym50.py'),
        *(out / 'cross_entropy' / 'seed_0' / 'epoch_2.pth', '--out', tmp_path / 'ce'),
    )
    assert str(tmp_path / 'ce' / 'suspicious_images.png') in plain
    report = print_of_tool(
        *('report', 'nl_plugins::smp/digits_sym50.py'),
        *(out / 'smp' / 'seed_0' / 'epoch_2.pth', '--out', tmp_path / 'report'),
        *('--images', 8),
        prepare=shorten_configs,
    )
    assert 'suspicious_images.png' in report
    assert (tmp_path / 'report' / 'density_similarity.png').exists()
    for name in ('ce', 'report'):
        page = (tmp_path / name / 'index.html').read_text(encoding='utf-8')
        assert 'digits_sym50' in page
        assert 'could not be read' not in page
        (sheet,) = (tmp_path / name).glob('report_files_*/0.jpg')
        assert str(tmp_path / name / 'index.html') in plain + report
    assert 'Scored by SMPHook' in page
    assert 'samples by SMP (noisy labels' in page
    assert 'differ from the given ones' in (sheet.parent / 'data.js').read_text()
