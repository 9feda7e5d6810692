from mmengine.config import Config

from nl_plugins.running import cpu_processes
from nl_plugins.running.cpu_processes import prepare_cpu_processes


def test_one_process_is_left_alone():
    cfg = Config({'launcher': 'none'})
    prepare_cpu_processes(cfg)
    assert 'model_wrapper_cfg' not in cfg


def test_gpus_are_left_to_mmengine(monkeypatch):
    monkeypatch.setattr(cpu_processes, 'get_device', lambda: 'cuda')
    cfg = Config({'launcher': 'pytorch'})
    prepare_cpu_processes(cfg)
    assert 'model_wrapper_cfg' not in cfg


def test_settings_of_the_wrapper_are_kept(monkeypatch):
    monkeypatch.setattr(cpu_processes, 'get_device', lambda: 'cpu')
    monkeypatch.setattr(cpu_processes.dist, 'is_initialized', lambda: True)
    cfg = Config(
        {
            'launcher': 'pytorch',
            'find_unused_parameters': True,
            'model_wrapper_cfg': {'broadcast_buffers': True, 'device_ids': [0]},
        }
    )
    prepare_cpu_processes(cfg)
    assert cfg.model_wrapper_cfg == {
        'type': 'MMDistributedDataParallel',
        'broadcast_buffers': True,
        'find_unused_parameters': True,
        'device_ids': None,
        'output_device': None,
    }
