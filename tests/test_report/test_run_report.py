import json

from nl_plugins.report.run_report import label_curves


def test_the_curves_of_a_run(tmp_path):
    lines = {
        '1': ['{"smp/labels_changed": 0.5, "step": 1}', '{"loss": 1, "step": 1}'],
        '2': [
            json.dumps({'smp/labels_changed': 0.25, 'smp/alpha': 1, 'step': 2}),
            '{"smp/labels_changed": 0.3, "step": 1}',
            '{"smp/given_accuracy": NaN, "step": 2}',
            '{"smp/labels_ch',
        ],
    }
    for name, records in lines.items():
        (tmp_path / name / 'vis_data').mkdir(parents=True)
        (tmp_path / name / 'vis_data' / 'scalars.json').write_text('\n'.join(records))
    title = 'Share of labels that differ from the given ones'
    assert label_curves(tmp_path, 'smp') == {title: [(1, 0.3), (2, 0.25)]}
    assert label_curves(tmp_path, 'sinet') == {}
    assert label_curves(tmp_path / 'nothing', 'smp') == {}
