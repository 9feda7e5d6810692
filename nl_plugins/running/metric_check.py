"""Whether a run will measure what it is to be compared by."""

from tempfile import TemporaryDirectory

import torch
from mmengine.config import Config
from mmengine.hooks import LoggerHook
from mmengine.runner import EpochBasedTrainLoop, Runner
from mmengine.visualization import LocalVisBackend

from ..hooks.report_test_split_hook import ReportTestSplitHook

__all__ = ['check_metric']


def check_metric(name: str, config: Config, metric: str) -> None:
    """Validate an untrained network on one image, to see what the evaluator gives.

    A config that trains nothing is tested. An evaluator that cannot work on one image
    is left to the training.

    Raises:
        ValueError: If the config called ``name`` validates or logs nothing, or
            validation gives other metrics, which the message names.
    """
    with TemporaryDirectory() as folder:
        config = Config(dict(config.to_dict(), work_dir=folder, log_level='ERROR'))
        config.experiment_name = folder
        runner = Runner.from_cfg(config)
        trains = config.get('train_cfg') is not None
        loops = [runner.val_loop if trains else runner.test_loop]
        if any(isinstance(hook, ReportTestSplitHook) for hook in runner.hooks):
            loops.append(runner.test_loop)
        if None in loops:
            advice = 'give it val_dataloader, val_cfg and val_evaluator'
            raise ValueError(f'{name} is not validated: {advice}')
        if trains:
            _check_log(name, runner)
        try:
            keys = [key for loop in loops for key in _metrics(runner, loop)]
        except Exception:  # of a metric that needs more than one image, say
            return
    if metric not in keys:
        known = ', '.join(keys)
        raise ValueError(f'{name} measures no {metric!r}: choose one of {known}')


def _check_log(name: str, runner: Runner) -> None:
    """Whether a validation takes place, and its scalars go to a file."""
    loop = runner.train_loop
    by_epoch = isinstance(loop, EpochBasedTrainLoop)
    last = loop.max_epochs if by_epoch else loop.max_iters
    if (begin := getattr(loop, 'val_begin', 1)) > last:
        late = f'val_begin={begin}, but ends after {last}'
        raise ValueError(f'{name} is not validated: it has {late}')
    backends = runner.visualizer._vis_backends.values()
    local = any(isinstance(backend, LocalVisBackend) for backend in backends)
    if not local or not any(isinstance(hook, LoggerHook) for hook in runner.hooks):
        advice = "the LoggerHook and a visualizer with dict(type='LocalVisBackend')"
        raise ValueError(
            f'{name} writes no scalars.json to compare by: give it {advice}'
        )


@torch.no_grad()
def _metrics(runner: Runner, loop) -> dict:
    loader = loop.dataloader
    data = loader.collate_fn([loader.dataset[0]])
    samples = runner.model.eval().val_step(data)
    loop.evaluator.process(data_samples=samples, data_batch=data)
    return loop.evaluator.evaluate(1)
