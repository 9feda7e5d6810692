"""The two files of a network are whole, or what they were."""

import resource

import pytest
import torch
from mmengine.config import Config

from nl_plugins.running.model_files import write_model


class Broken:
    """A weight that cannot be written, as on a disk that is full."""

    def cpu(self):
        return self

    def __reduce__(self):
        raise OSError('no space left on device')


def test_what_is_there_stays_until_the_new_is_whole(tmp_path):
    out, cfg = tmp_path / 'model.pth', Config(dict(model=dict(type='A')))
    config = write_model(cfg, dict(a=torch.ones(2)), out, dict(classes=['cat']))
    assert config == tmp_path / 'model.py'
    saved = torch.load(out, weights_only=True)
    assert saved['meta'] == dict(dataset_meta=dict(classes=['cat']))
    assert saved['state_dict']['a'].tolist() == [1, 1]
    assert Config.fromfile(config).model == cfg.model
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(OSError, match='no space'):
        write_model(cfg, dict(a=torch.ones(9), b=Broken()), out)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_full_disk_is_told_as_such(tmp_path):
    """Torch's writer has an error of its own when it closes what was cut off."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        with pytest.raises(OSError, match='File too large'):
            write_model(Config(), dict(a=torch.ones(9000)), tmp_path / 'model.pth')
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not [*tmp_path.iterdir()]
