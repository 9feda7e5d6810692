"""Lets MMEngine train in several processes on a machine without a GPU."""

import atexit
import gc

import torch.distributed as dist
from mmengine.config import Config, ConfigDict
from mmengine.device import get_device

__all__ = ['prepare_cpu_processes']


def prepare_cpu_processes(cfg: Config) -> None:
    """Prepare the ``pytorch`` launcher for CPUs; no effect where a GPU is found.

    MMEngine 0.10 chooses a GPU before it starts the process group, and gives the
    model wrapper a GPU's index. Started here and told that there is none (by
    ``model_wrapper_cfg``, set in place), it runs on the CPU as it stands.
    """
    if cfg.get('launcher', 'none') != 'pytorch' or get_device() != 'cpu':
        return
    if not dist.is_initialized():
        dist.init_process_group(backend='gloo')
        atexit.register(_leave_process_group)
    wrapper = dict(
        type='MMDistributedDataParallel',
        broadcast_buffers=False,
        find_unused_parameters=cfg.get('find_unused_parameters', False),
    )
    wrapper.update(cfg.get('model_wrapper_cfg') or {})
    wrapper.update(device_ids=None, output_device=None)
    cfg.model_wrapper_cfg = ConfigDict(wrapper)


def _leave_process_group() -> None:
    """End gloo's threads while the interpreter is there.

    Otherwise one that still holds a tensor of the last collective may abort the process
    as it exits. They end with the group, which the model's wrapper keeps alive.
    """
    gc.collect()
    if dist.is_initialized():
        dist.destroy_process_group()
