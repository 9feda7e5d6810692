"""One pass over the training set."""

import pytest
from mmpretrain.registry import DATASETS, MODELS
from toy import tiny_model, toy

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
