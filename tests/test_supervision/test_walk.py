"""One pass over the training set."""

import pytest
from mmpretrain.registry import DATASETS, MODELS
from toy import NUM_SAMPLES, tiny_model, toy

from nl_plugins.supervision.walk import Walk


@pytest.mark.parametrize(
    ('path', 'name'), [(None, 'sample 0'), ('red/0.png', r"sample 0 \('red/0.png'\)")]
)
def test_a_sample_that_the_pipeline_fails_on_is_named(path, name, monkeypatch):
    dataset = DATASETS.build(toy())
    info = dict(dataset.get_data_info(0), img_path=path)
    monkeypatch.setattr(dataset, 'get_data_info', lambda row: info)
    walk = Walk(dataset, lambda info: 1 / 0)
    with pytest.raises(RuntimeError, match=f'of the walk fails on {name}$'):
        walk.probe(MODELS.build(tiny_model()))


def test_a_walk_over_some_samples_is_never_taken_for_one_over_all():
    dataset, model = DATASETS.build(toy()), MODELS.build(tiny_model())
    walk = Walk(dataset, dataset.pipeline)
    for rows in ([3, 1], None, [3, 1], None):
        seen = [row for batch in walk(model, rows) for row in batch.rows.tolist()]
        assert seen == (rows or list(range(NUM_SAMPLES)))
