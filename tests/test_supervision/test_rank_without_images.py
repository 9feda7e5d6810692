"""A rank none of whose images loads does not hold up the others."""

import torch
from cleannet_toy import cleannet_hook
from mmcv.transforms import BaseTransform
from mmpretrain.registry import DATASETS, HOOKS, TRANSFORMS
from processes import run_processes
from toy import PIPELINE, ToyImages, config, hook_of, loader, toy

METHODS = dict(
    CleanNetHook=cleannet_hook(),
    LabelSelectionHook=dict(type='LabelSelectionHook', start_epoch=2, threshold=0.2),
    CleanSet=dict(type='LabelSelectionHook', start_epoch=2, clean_dataset=toy()),
    SINetHook=dict(type='SINetHook', graph=None, start_epoch=2),
    SMPHook=dict(type='SMPHook', start_epoch=2, num_prototypes=2),
    TopKSmoothingHook=dict(type='TopKSmoothingHook', topk=2, start_epoch=2),
)


@TRANSFORMS.register_module()
class GivesUpOnOddSamples(BaseTransform):
    """All samples of rank 1."""

    def transform(self, results):
        return results if results['sample_idx'] % 2 == 0 else None


@DATASETS.register_module()
class EvenVerified(ToyImages):
    """Every second image has a verification label."""

    def load_data_list(self):
        infos = super().load_data_list()
        for index, info in enumerate(infos):
            right = info['gt_label'] == info['true_label']
            info['verification'] = -1 if index % 2 else int(right)
        return infos


def train(rank):
    images = dict(type='EvenVerified', num_samples=60, pipeline=PIPELINE)
    tables = {}
    for name, hook in METHODS.items():
        cfg = config(
            rank.folder / name,
            [dict(hook, pipeline=[dict(type='GivesUpOnOddSamples'), *PIPELINE])],
            train_dataloader=loader(images),
            default_hooks=dict(checkpoint=None),
        )
        runner = rank.runner(cfg)
        runner.train()
        table = hook_of(runner, HOOKS.get(hook['type'])).table
        tables[name] = {
            column: getattr(table, column)
            for column in ('scores', 'weights', 'selected')
        }
    return tables


def test_both_ranks_know_of_the_images_that_load(tmp_path):
    first, second = run_processes(train, tmp_path, 2)
    assert first.keys() == METHODS.keys()
    for method, table in first.items():
        for name, column in table.items():
            assert torch.equal(column, second[method][name]), (method, name)
        assert table['scores'][::2].unique().numel() > 10, method
        assert table['scores'][1::2].unique().numel() == 1, method
