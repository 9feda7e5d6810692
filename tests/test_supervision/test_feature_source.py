from functools import partial

import numpy as np
import pytest
import torch
from feature_toy import features, write_features
from mmpretrain.registry import DATASETS

from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.formats.feature_file import FeatureFile
from nl_plugins.supervision import feature_source
from nl_plugins.supervision.feature_source import FileSource

CHOSEN = [20, 3, *range(9)]


@pytest.mark.parametrize('processes', [1, 2, 3])
def test_each_sample_is_found_by_its_path_and_read_by_one_rank(
    tmp_path, monkeypatch, processes
):
    monkeypatch.setattr(feature_source, 'SAMPLES_AT_ONCE', 4)
    path = write_features(tmp_path / 'file')
    samples = TrainingSet(DATASETS.build(features(path, indices=CHOSEN)))
    seen = []
    for rank in range(processes):
        place = partial(tuple, (rank, processes))
        monkeypatch.setattr(feature_source, 'get_dist_info', place)
        FileSource(str(path), samples, seen.append).run(torch.nn.Identity())
    assert max(len(batch.rows) for batch in seen) <= 4
    rows = torch.cat([batch.rows for batch in seen])
    found = torch.cat([batch.features for batch in seen])
    assert sorted(rows.tolist()) == list(range(len(CHOSEN)))
    expected = FeatureFile(path).features[0, CHOSEN].astype(np.float32)
    assert np.array_equal(found[rows.argsort()].numpy(), expected)
