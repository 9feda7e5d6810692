"""The config that find writes."""

import pytest
from mmengine.config import Config

from nl_plugins.running.find_config import USES, check_folder, find_config


@pytest.mark.parametrize('verified', [False, True])
@pytest.mark.parametrize('use', [None, *USES])
def test_what_each_use_trains_on(tmp_path, monkeypatch, use, verified):
    path = tmp_path / "bob's folder" / 'config.py'
    path.parent.mkdir()
    path.write_text(find_config('features_1', 8, 3, 1000, verified))
    if use is None:
        monkeypatch.delenv('NL_USE', raising=False)
    else:
        monkeypatch.setenv('NL_USE', use)
    cfg = Config.fromfile(path)
    dataset, here = cfg.train_dataloader.dataset, str(path.parent)
    kinds = [hook.type for hook in cfg.custom_hooks]
    assert kinds == (['LabelPosteriorHook'] if use in (None, 'weighted') else [])
    if use in ('kept', 'corrected'):
        assert dataset.type == 'NoisyLabels'
        assert dataset.label_file == f'{here}/labels.csv'
        assert dataset.use == dict(kept='kept', corrected='recommended')[use]
        dataset = dataset.dataset
    if verified:
        assert dataset.type == 'VerificationLabels'
        assert dataset.file == f'{here}/labels.csv'
        dataset = dataset.dataset
    assert dataset.file == cfg.model.backbone.standardize == f'{here}/features_1'
    assert cfg.work_dir == f'{here}/trained_{use or "weighted"}'
    assert cfg.train_dataloader.batch_size == 128


def test_an_unknown_use(tmp_path, monkeypatch):
    path = tmp_path / 'config.py'
    path.write_text(find_config('features_1', 8, 3, 10, False))
    monkeypatch.setenv('NL_USE', 'some')
    with pytest.raises(ValueError, match='--use must be one of'):
        Config.fromfile(path)
    monkeypatch.setenv('NL_USE', 'all')
    assert Config.fromfile(path).train_dataloader.batch_size == 2


@pytest.mark.parametrize(
    'name', [*'"\\\n\udcfc', '{{ fileBasename }}', '{{$X:q}}', '{{_base_.x}}']
)
def test_a_folder_that_the_config_cannot_name(tmp_path, name):
    with pytest.raises(ValueError, match='which a config cannot have in its paths'):
        check_folder(tmp_path / f'a{name}b' / 'out')
    check_folder(tmp_path / "bob's {größe}")
