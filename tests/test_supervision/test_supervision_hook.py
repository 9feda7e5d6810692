"""The base of the methods: composition, schedule, weights, label file."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from mmengine.config import Config
from mmengine.runner import CheckpointLoader
from mmpretrain.registry import DATASETS, HOOKS
from toy import NUM_CLASSES, NUM_SAMPLES, build, hook_of, loader, tiny_model, toy

from nl_plugins.formats.label_file import read_label_file
from nl_plugins.methods.smp.smp_hook import SMPHook
from nl_plugins.supervision.supervision_hook import SupervisionHook


@HOOKS.register_module()
class HalfWeight(SupervisionHook):
    """Weights samples with an odd index by one half."""

    estimates = 0

    def estimate(self, runner):
        self.estimates += 1
        self.table.weights[1::2] = 0.5

    def transform(self, targets, rows):
        return self.table.weights[rows, None] * targets


def targets_of_last_epoch(runner, epochs=2):
    seen = []

    def record(module, args):
        if args[0].requires_grad:
            seen.append(args[1].clone())

    runner.model.head.loss_module.register_forward_pre_hook(record)
    rows = []
    keep = runner.train_loop.run_iter

    def run_iter(idx, batch):
        rows.append([sample.sample_idx for sample in batch['data_samples']])
        keep(idx, batch)

    runner.train_loop.run_iter = run_iter
    runner.train()
    last = len(seen) // epochs * (epochs - 1)
    order = torch.tensor(sum(rows[last:], []))
    result = torch.zeros(NUM_SAMPLES, NUM_CLASSES)
    result[order] = torch.cat(seen[last:]).float()
    return result


QUIET = dict(default_hooks=dict(checkpoint=None))


def test_hooks_compose_in_their_order(tmp_path):
    smp = dict(
        type='SMPHook',
        start_epoch=2,
        alpha=0.4,
        candidate_fraction=0.3,
        holdout_fraction=0.0,
        priority=40,
    )
    weight = dict(type='HalfWeight', start_epoch=2, priority=60)
    runner = build(tmp_path, [weight, smp], **QUIET)  # the priorities give the order
    got = targets_of_last_epoch(runner)
    table = hook_of(runner, SMPHook).table
    given = F.one_hot(table.given_labels.long(), NUM_CLASSES)
    corrected = F.one_hot(table.suggested_labels.long(), NUM_CLASSES)
    want = 0.6 * given + 0.4 * corrected
    want[1::2] *= 0.5
    assert torch.allclose(got, want, atol=1e-6)


def test_hooks_compose_under_label_smoothing(tmp_path):
    model = tiny_model(loss=dict(type='LabelSmoothLoss', label_smooth_val=0.2))
    hooks = [dict(type='HalfWeight', start_epoch=2)] * 2
    got = targets_of_last_epoch(build(tmp_path, hooks, model, **QUIET))
    # each halves: the loss must see a quarter of the smoothed label
    given = torch.tensor(
        [(i % 3 + 1) % 3 if i % 5 == 0 else i % 3 for i in range(NUM_SAMPLES)]
    )
    smooth = 0.8 * F.one_hot(given, NUM_CLASSES) + 0.2 / NUM_CLASSES
    smooth[1::2] *= 0.25
    seen_by_cross_entropy = 0.8 * got + 0.2 / NUM_CLASSES
    assert torch.allclose(seen_by_cross_entropy, smooth, atol=1e-6)


def test_a_weight_scales_the_gradient(tmp_path):
    """w * onehot is the weighted cross entropy, with the mean over the batch of N."""
    runner = build(tmp_path, [dict(type='HalfWeight', start_epoch=1)], **QUIET)
    losses = []
    keep = runner.model.head.loss

    def loss(feats, data_samples, **kwargs):
        result = keep(feats, data_samples, **kwargs)
        logits = runner.model.head(feats)
        labels = torch.cat([sample.gt_label for sample in data_samples])
        rows = torch.tensor([sample.sample_idx for sample in data_samples])
        weights = torch.where(rows % 2 == 1, 0.5, 1.0)
        each = F.cross_entropy(logits, labels, reduction='none')
        losses.append((result['loss'].item(), (weights * each).mean().item()))
        return result

    runner.model.head.loss = loss
    runner.train()
    got, want = np.array(losses).T
    assert np.allclose(got, want, atol=1e-6)


@pytest.mark.parametrize(
    ('start_epoch', 'interval', 'epochs', 'estimates'),
    [(1, 1, 4, 4), (3, 1, 4, 2), (2, 3, 8, 3), (5, 1, 4, 0)],
)
def test_schedule(tmp_path, start_epoch, interval, epochs, estimates):
    hook = dict(type='HalfWeight', start_epoch=start_epoch, interval=interval)
    train_cfg = dict(by_epoch=True, max_epochs=epochs, val_interval=100)
    runner = build(tmp_path, [hook], train_cfg=train_cfg, **QUIET)
    runner.train()
    assert hook_of(runner, HalfWeight).estimates == estimates


@pytest.mark.parametrize(('interval', 'told'), [(1, True), (4, False), (None, False)])
def test_walks_in_most_iterations_are_told(tmp_path, capfd, interval, told):
    hook = dict(type='HalfWeight', by_epoch=False, start_epoch=2, interval=interval)
    train_cfg = dict(by_epoch=False, max_iters=3, val_interval=100)
    build(tmp_path, [hook], train_cfg=train_cfg, **QUIET).train()
    printed = ''.join(capfd.readouterr())
    assert ('the training set is walked every 1 iterations' in printed) == told


def test_label_file_loads_back_as_a_dataset(tmp_path):
    hook = dict(type='SMPHook', start_epoch=2, candidate_fraction=0.3)
    runner = build(tmp_path, [hook])
    runner.train()
    path = tmp_path / 'cleaned_labels.csv'
    table = hook_of(runner, SMPHook).table
    file = read_label_file(path)
    assert file.suggested_labels.tolist() == table.suggested_labels.tolist()
    assert file.given_labels.tolist() == table.given_labels.tolist()
    np.testing.assert_allclose(file.scores, table.scores, atol=1e-5)
    cleaned = DATASETS.build(
        Config(dict(type='NoisyLabels', dataset=toy(), label_file=str(path)))._cfg_dict
    )
    assert list(cleaned.get_gt_labels()) == table.suggested_labels.tolist()


def test_two_hooks_of_one_kind_keep_their_states_apart(tmp_path):
    hooks = [
        dict(type='HalfWeight', start_epoch=1),
        dict(type='HalfWeight', start_epoch=2),
    ]
    build(tmp_path, hooks).train()
    checkpoint = CheckpointLoader.load_checkpoint(str(tmp_path / 'epoch_1.pth'), 'cpu')
    states = checkpoint['nl_plugins']
    assert set(states) == {'HalfWeight', 'HalfWeight_1'}
    assert states['HalfWeight']['active']
    assert not states['HalfWeight_1']['active']


def test_workers_are_not_needed_to_know_the_targets(tmp_path):
    """Persistent workers never see what the hook changes; the targets do."""
    data = loader(toy(), num_workers=2, persistent_workers=True)
    runner = build(
        tmp_path,
        [dict(type='HalfWeight', start_epoch=2)],
        train_dataloader=data,
        **QUIET,
    )
    got = targets_of_last_epoch(runner)
    assert torch.allclose(got.sum(1), torch.tensor([1.0, 0.5]).repeat(NUM_SAMPLES // 2))
