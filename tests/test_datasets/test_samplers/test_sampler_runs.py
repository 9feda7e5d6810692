"""The sampler in MMEngine's loops, with a hook that changes the mask."""

import pytest
import torch
from mmengine.hooks import Hook
from toy import NUM_SAMPLES, build, loader, toy


class ChangeMask(Hook):
    """Labels fewer samples in every epoch (or pass), and writes down the batches."""

    def __init__(self):
        self.batches = []

    def mask(self, epoch):
        return torch.arange(NUM_SAMPLES) >= (12 + 6 * epoch if epoch else 0)

    def before_train_epoch(self, runner):
        runner.train_dataloader.sampler.set_mask(self.mask(runner.epoch))

    def before_train_iter(self, runner, batch_idx, data_batch):
        rows = [sample.sample_idx for sample in data_batch['data_samples']]
        self.batches.append((runner.epoch, rows))


def run(work_dir, hook, **changes):
    data = loader(toy(), sampler=dict(type='LabeledUnlabeledSampler'))
    runner = build(work_dir, [], train_dataloader=data, **changes)
    runner.register_hook(hook)
    return runner


def test_every_epoch_follows_its_mask_also_after_a_resume(tmp_path):
    three_epochs = dict(by_epoch=True, max_epochs=3, val_interval=100)
    uninterrupted, resumed = ChangeMask(), ChangeMask()
    run(tmp_path / 'run', uninterrupted, train_cfg=three_epochs).train()
    for epoch, rows in uninterrupted.batches:
        labeled = int(uninterrupted.mask(epoch)[rows].sum())
        assert labeled == (len(rows) if epoch == 0 else len(rows) / 2)
    sizes = [sum(len(b) for e, b in uninterrupted.batches if e == i) for i in range(3)]
    assert sizes == [30, 24, 12]

    checkpoint = str(tmp_path / 'run' / 'epoch_1.pth')
    again = dict(train_cfg=three_epochs, resume=True, load_from=checkpoint)
    run(tmp_path / 'again', resumed, **again).train()
    assert resumed.batches == [b for b in uninterrupted.batches if b[0] > 0]


@pytest.mark.parametrize('sampler', ['LabeledUnlabeledSampler', 'ClassBalancedSampler'])
def test_iteration_based_loops_draw_pass_after_pass(tmp_path, monkeypatch, sampler):
    monkeypatch.setattr('mmengine.runner.loops.time.sleep', lambda seconds: None)

    class SetOnce(ChangeMask):
        def before_train_epoch(self, runner):
            if sampler == 'LabeledUnlabeledSampler':
                runner.train_dataloader.sampler.set_mask(self.mask(1))

    hook = SetOnce()
    runner = build(
        tmp_path,
        [],
        train_dataloader=loader(toy(), batch_size=6, sampler=dict(type=sampler)),
        train_cfg=dict(by_epoch=False, max_iters=12, val_interval=100),
        default_hooks=dict(logger=None, checkpoint=None),
    )
    runner.register_hook(hook)
    runner.train()
    passes = 4 if sampler == 'LabeledUnlabeledSampler' else 5  # 24 or 30 samples
    first, second = hook.batches[:passes], hook.batches[passes : 2 * passes]
    assert [len(rows) for _, rows in hook.batches] == [6] * 12
    assert first != second
    for part in (first, second):
        rows = [row for _, rows in part for row in rows]
        if sampler == 'LabeledUnlabeledSampler':
            assert set(rows[::2]) == set(range(18, 30))
        else:
            assert sorted(rows) == list(range(30))
