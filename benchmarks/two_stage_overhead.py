"""What stage 2 costs relative to a plain epoch with the same number of images.

It measures CPU time of one process with one thread, which other processes on the
machine disturb less than wall time. The variants take turns, and the fastest round of
each is reported. The images are random and served from memory. All variants have the
network of the two-stage config, including its dropout. Stage 2 ignores every second
label and fills its batches with the sampler.
"""

import argparse
import tempfile
import time

import torch
from mmengine.config import Config
from mmengine.runner import Runner
from ratios import record
from training_overhead import ready_runner

from nl_plugins.running.run_config import config_path

CROP = [dict(type='RandomCrop', crop_size=32, padding=4)]
PACK = [dict(type='PackInputs')]
SELECTION = [dict(type='LabelSelectionHook', start_epoch=1, label_file=None)]
SETTINGS = {
    'MLP, 28 x 28': ('mlp_mnist_p0.py', (28, 28), []),
    'ResNet-14, 32 x 32 x 3': ('thin_resnet14_cifar10_p0.py', (32, 32, 3), CROP),
}
VARIANTS = {
    'plain': (None, []),
    'stage 1 of the classifier': (dict(type='PiConsistency', start_epoch=10**6), []),
    'Pi-model': (dict(type='PiConsistency'), SELECTION),
    'Pi-model, two views': (dict(type='PiConsistency'), SELECTION),
    'temporal ensembling': (dict(type='TemporalEnsembling'), SELECTION),
    'mean teacher': (
        dict(type='MeanTeacher'),
        [*SELECTION, dict(type='EMAHook', momentum=0.01)],
    ),
}


def build(
    name: str, setting: tuple, variant: tuple, samples: int, folder: str
) -> Runner:
    """The runner of a variant."""
    (base, shape, pipeline), (term, hooks) = setting, variant
    config = Config.fromfile(config_path(f'nl_plugins::baseline/{base}'))
    if 'two views' in name and pipeline:
        pipeline = [dict(type='MultiView', num_views=2, transforms=[pipeline])]
    data = dict(type='RandomImages', num_samples=samples, shape=shape)
    data['pipeline'] = [*pipeline, *PACK]
    config.train_dataloader.dataset = dict(type='InMemory', dataset=data)
    config.train_dataloader.collate_fn = dict(type='default_collate')
    config.train_dataloader.persistent_workers = False
    config.val_dataloader.dataset = dict(data, num_samples=256, pipeline=PACK)
    config.val_dataloader.persistent_workers = False
    config.param_scheduler = dict(type='ConstantLR', factor=1.0)
    config.model = Config.fromfile(config_path(f'nl_plugins::two_stage/{base}')).model
    if term is None:
        config.model.type = 'ImageClassifier'
        del config.model.terms, config.model.noise
    else:
        config.model.terms = [term]
        config.train_dataloader.sampler = dict(type='LabeledUnlabeledSampler')
        hooks = [*hooks, dict(type='TermsHook')]
    config.default_hooks.checkpoint = None
    config.custom_hooks = hooks
    config.work_dir = folder
    config.experiment_name = f'{base} {name}'
    config.log_level = 'ERROR'
    runner = ready_runner(config)
    for hook in runner.hooks:
        if hasattr(hook, 'keep_labels'):  # whatever the network predicts for noise
            hook.active = True
            hook.table.weights[::2] = 0
            hook.table.selected[::2] = False
            runner.train_dataloader.sampler.set_mask(hook.table.selected)
    return runner


def main() -> None:
    """Time the variants and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--samples', type=int, default=6_400)
    parser.add_argument('--rounds', type=int, default=5)
    args = parser.parse_args()
    torch.set_num_threads(1)
    for title, setting in SETTINGS.items():
        with tempfile.TemporaryDirectory() as folder:
            runners = {
                name: build(name, setting, variant, args.samples, folder)
                for name, variant in VARIANTS.items()
                if setting[2] or 'two views' not in name
            }
            best = dict.fromkeys(runners, float('inf'))
            for _ in range(args.rounds + 1):  # the first fills caches
                for name, runner in runners.items():
                    runner.train_loop._epoch = 1  # the selection is over
                    start = time.process_time()
                    runner.train_loop.run_epoch()
                    best[name] = min(best[name], time.process_time() - start)
        print(f'{title}, {args.samples} images')
        for name, seconds in best.items():
            print(f'  {name:<26} {seconds:6.2f} s  {seconds / best["plain"]:.2f}x')
            if name != 'plain':
                what = f'epoch, {name}, {title}'
                record(what, seconds, 'plain epoch', best['plain'])


if __name__ == '__main__':
    main()
