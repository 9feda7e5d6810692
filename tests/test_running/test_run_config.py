import argparse

import pytest
from mmengine.config import Config

from nl_plugins.running.run_config import (
    add_run_arguments,
    config_path,
    load_run_config,
    read_config,
    set_loader_defaults,
)


def arguments(*command) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_run_arguments(parser)
    return parser.parse_args(command)


def test_config_of_the_package_by_name(monkeypatch):
    monkeypatch.setenv('LOCAL_RANK', '0')
    cfg = load_run_config(arguments('nl_plugins::baseline/digits_clean.py'))
    assert cfg.work_dir == 'work_dirs/digits_clean'
    assert cfg.launcher == 'none'
    assert config_path('a/b.py') == 'a/b.py'


@pytest.mark.parametrize('content', [b'x = = 1', b'x = "\xff"'])
def test_what_is_no_config(tmp_path, content):
    path = tmp_path / 'config.py'
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f'{path}, or a config that .* is no Python'):
        read_config(str(path))


@pytest.mark.parametrize('name', ['a/b.py', 'nl_plugins::a/b.py', '.'])
def test_config_that_is_not_there(name):
    with pytest.raises(FileNotFoundError, match=f'^{name}: there is no such config'):
        read_config(name)


def test_loader_defaults_keep_what_is_set_and_what_can_work():
    cfg = Config({'a': {'num_workers': 2}, 'b': {'num_workers': 0}})
    cfg.a.pin_memory = False
    for loader in (cfg.a, cfg.b):
        set_loader_defaults(loader, pin_memory=True)
    assert (cfg.a.pin_memory, cfg.b.pin_memory) == (False, True)
    assert (cfg.a.persistent_workers, cfg.b.persistent_workers) == (True, False)
    assert cfg.a.collate_fn.type == 'default_collate'


@pytest.mark.parametrize(
    'name', ['own_images', 'clothing1m', 'animal10n', 'webvision1']
)
def test_workers_of_image_files_stay_alive(name, monkeypatch):
    """So their random numbers go on from epoch to epoch."""
    monkeypatch.setenv('LOCAL_RANK', '0')
    path = f'nl_plugins::_base_/datasets/{name}.py'
    cfg = load_run_config(arguments(path))
    assert cfg.train_dataloader.num_workers > 0
    assert cfg.train_dataloader.persistent_workers


def test_defaults_follow_from_the_overrides(monkeypatch):
    monkeypatch.setenv('LOCAL_RANK', '0')
    command = 'nl_plugins::_base_/datasets/own_images.py', '--cfg-options'
    cfg = load_run_config(arguments(*command, 'train_dataloader.num_workers=0'))
    assert not cfg.train_dataloader.persistent_workers


def test_work_dir_of_the_command_line_wins(tmp_path, monkeypatch):
    monkeypatch.setenv('LOCAL_RANK', '0')
    path = tmp_path / 'c.py'
    path.write_text("work_dir = 'from_file'\n")
    assert load_run_config(arguments(str(path))).work_dir == 'from_file'
    cfg = load_run_config(arguments(str(path), '--work-dir', 'x'))
    assert cfg.work_dir == 'x'


def test_a_work_dir_that_became_a_number_is_told(monkeypatch):
    monkeypatch.setenv('LOCAL_RANK', '0')
    option = '--cfg-options', 'work_dir=2024_01_15'
    config = 'nl_plugins::baseline/digits_clean.py'
    with pytest.raises(ValueError, match='work_dir is 20240115, no text: .*--work-dir'):
        load_run_config(arguments(config, *option))


def test_unknown_launcher_is_refused():
    with pytest.raises(SystemExit):
        arguments('c.py', '--launcher', 'ssh')


@pytest.mark.parametrize('scope', [None, 'mmpretrain', 'nl_plugins', 'mmengine'])
def test_names_are_those_of_mmpretrain_unless_the_config_says_otherwise(
    tmp_path, scope
):
    path = tmp_path / 'config.py'
    path.write_text('' if scope is None else f'default_scope = {scope!r}\n')
    assert read_config(str(path)).default_scope == (scope or 'mmpretrain')
    changed = read_config(str(path), dict(default_scope='mmdet')).default_scope
    assert changed == 'mmdet'
