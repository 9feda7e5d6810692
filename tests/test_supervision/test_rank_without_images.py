"""A rank none of whose images loads does not hold up the others."""

import torch
from processes import run_processes

SCRIPT = """
from mmcv.transforms import BaseTransform
from mmpretrain.registry import DATASETS, HOOKS, TRANSFORMS
from cleannet_toy import cleannet_hook
from one_rank import out, runner_of, save
from toy import PIPELINE, ToyImages, config, hook_of, loader, toy

@TRANSFORMS.register_module()
class GivesUpOnOddSamples(BaseTransform):  # all of those of rank 1
    def transform(self, results):
        return results if results['sample_idx'] % 2 == 0 else None

@DATASETS.register_module()
class EvenVerified(ToyImages):
    def load_data_list(self):
        infos = super().load_data_list()
        for index, info in enumerate(infos):
            right = info['gt_label'] == info['true_label']
            info['verification'] = -1 if index % 2 else int(right)
        return infos

hooks = dict(
    CleanNetHook=cleannet_hook(),
    LabelSelectionHook=dict(type='LabelSelectionHook', start_epoch=2, threshold=0.2),
    CleanSet=dict(type='LabelSelectionHook', start_epoch=2, clean_dataset=toy()),
    SINetHook=dict(type='SINetHook', graph=None, start_epoch=2),
    SMPHook=dict(type='SMPHook', start_epoch=2, num_prototypes=2),
    TopKSmoothingHook=dict(type='TopKSmoothingHook', topk=2, start_epoch=2),
)
images = dict(type='EvenVerified', num_samples=60, pipeline=PIPELINE)
tables = {}
for name, hook in hooks.items():
    hook['pipeline'] = [dict(type='GivesUpOnOddSamples'), *PIPELINE]
    runner = runner_of(config(
        out / name, [hook], train_dataloader=loader(images),
        default_hooks=dict(checkpoint=None)))
    runner.train()
    table = hook_of(runner, HOOKS.get(hook['type'])).table
    tables[name] = {
        column: getattr(table, column) for column in ('scores', 'weights', 'selected')}
save(tables)
"""


def test_both_ranks_know_of_the_images_that_load(tmp_path):
    first, second = run_processes(SCRIPT, tmp_path, 2)
    assert len(first) == 6
    for method, table in first.items():
        for name, column in table.items():
            assert torch.equal(column, second[method][name]), (method, name)
        assert table['scores'][::2].unique().numel() > 10, method
        assert table['scores'][1::2].unique().numel() == 1, method
