"""SMP's hook: prototypes, verification, hold-out, guard, online mode."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from mmengine.config import Config
from mmengine.runner import Runner
from mmpretrain.registry import DATASETS
from toy import NUM_CLASSES, NUM_SAMPLES, ToyImages, build, hook_of, loader, toy

from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.formats.label_file import read_label_file
from nl_plugins.functional import correct_labels, select_prototypes
from nl_plugins.methods.smp.prototype_correction import PrototypeCorrection
from nl_plugins.methods.smp.smp_hook import SMPHook
from nl_plugins.supervision.feature_bank import FeatureBank
from nl_plugins.supervision.sample_hook import plain_model

CONFIGS = Path(__file__).parents[3] / 'configs'
QUIET = dict(default_hooks=dict(checkpoint=None))
TRUE = torch.arange(NUM_SAMPLES) % NUM_CLASSES


def correction(**kwargs):
    defaults = dict(
        num_samples=1280,
        num_prototypes=4,
        density_quantile=0.6,
        max_similarity=0.95,
        candidate_fraction=1.0,
        prototype_method='density',
        seed=0,
    )
    return PrototypeCorrection(**{**defaults, **kwargs})


def planted(num_samples=120, dim=16, rate=0.3, seed=0):
    """Unit clusters around random directions; labels flipped to the next class."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(NUM_CLASSES, dim))
    true = np.arange(num_samples) % NUM_CLASSES
    features = centres[true] + 0.5 * rng.normal(size=(num_samples, dim))
    flipped = rng.random(num_samples) < rate
    given = np.where(flipped, (true + 1) % NUM_CLASSES, true)
    tensors = torch.tensor(features).float(), torch.tensor(given), torch.tensor(true)
    bank = FeatureBank(num_samples)
    bank.add(torch.arange(num_samples), tensors[0])
    return bank, *tensors


def everything(given):
    return torch.ones(len(given), dtype=torch.bool)


def test_correction_is_the_functions_in_the_order_of_the_paper():
    bank, features, given, true = planted()
    got = correction()(bank, given, everything(given), NUM_CLASSES, 0)
    features = F.normalize(features).half().float()
    prototypes = []
    for label in range(NUM_CLASSES):
        of_class = features[given == label]
        prototypes.append(of_class[select_prototypes(of_class, 4)])
    assert got.labels.tolist() == correct_labels(features, prototypes).tolist()
    assert (got.labels == true).float().mean() > 0.97
    assert (given == true).float().mean() < 0.75
    assert got.known.all()
    assert len(got.prototypes) == sum(map(len, prototypes))
    assert ((got.quality < 0.5) == (got.labels != given)).all()


@pytest.mark.parametrize('method', ['euclidean', 'kmeans++'])
def test_alternatives_of_table_4_recover_planted_labels(method):
    bank, _, given, true = planted(rate=0.2)
    one = correction(prototype_method=method, num_prototypes=1)
    got = one(bank, given, everything(given), NUM_CLASSES, 0)
    assert (got.labels == true).float().mean() > 0.95


def test_auto_quantile_recovers_planted_labels():
    bank, _, given, true = planted(rate=0.4, num_samples=300)
    auto = correction(density_quantile='auto')
    got = auto(bank, given, everything(given), NUM_CLASSES, 0)
    assert (got.labels == true).float().mean() > 0.95


def test_sampling_is_seeded_and_changes_with_the_step():
    bank, _, given, _ = planted()
    few = correction(num_samples=12)

    def prototypes(step, **kwargs):
        run = correction(num_samples=12, **kwargs)
        return run(bank, given, everything(given), NUM_CLASSES, step).prototypes

    same = few(bank, given, everything(given), NUM_CLASSES, 3).prototypes
    assert prototypes(3).tolist() == same.tolist()
    assert prototypes(4).tolist() != same.tolist()
    assert prototypes(3, seed=1).tolist() != same.tolist()


def test_classes_and_samples_that_cannot_take_part():
    bank, _, given, _ = planted()
    given[given == 1] = 0
    got = correction()(bank, given, everything(given), NUM_CLASSES, 0)
    assert not (got.labels == 1).any()
    with pytest.raises(RuntimeError, match='only 1 of 3 classes'):
        zero = torch.zeros_like(given)
        correction()(bank, zero, everything(given), NUM_CLASSES, 0)
    dead = FeatureBank(6)
    dead.add(torch.arange(5), torch.tensor([[1.0, 0], [0, 1], [0, 0], [1, 0], [0, 1]]))
    labels = torch.tensor([0, 1, 1, 0, 1, 0])
    got = correction()(dead, labels, everything(labels), 2, 0)
    assert got.labels.tolist() == labels.tolist()
    assert got.known.tolist() == [True, True, False, True, True, False]


def smp(**kwargs):
    return dict(
        type='SMPHook', **{'start_epoch': 2, 'candidate_fraction': 0.3, **kwargs}
    )


def test_prototypes_come_from_verified_samples(tmp_path):
    data = loader(toy(verified=True, num_samples=60))
    hook_config = smp(holdout_fraction=0.0, num_prototypes=2)
    runner = build(tmp_path, [hook_config], train_dataloader=data, **QUIET)
    runner.train()
    hook = hook_of(runner, SMPHook)
    verification = hook.training_set.verification
    assert (verification == 0).any()
    assert (verification == -1).any()
    assert hook.allowed().tolist() == (verification == 1).tolist()


@pytest.mark.parametrize('missing', [0, 1])
def test_few_verified_samples_of_a_class_add_to_the_others(missing):
    """As many as three for each prototype stand for their class alone."""
    hook = SMPHook(start_epoch=2, num_prototypes=2)
    verification = torch.full((NUM_SAMPLES,), -1)
    of_class = (TRUE == 0).nonzero().flatten()
    verification[of_class[: 6 - missing]] = 1
    verification[of_class[6:8]] = 0
    hook.num_classes, hook.holdout = NUM_CLASSES, TRUE < 0
    hook.table = SimpleNamespace(given_labels=TRUE)
    hook.training_set = SimpleNamespace(verification=verification)
    want = (verification == 1) | (TRUE > 0) | ((verification == -1) & (missing > 0))
    assert hook.allowed().tolist() == want.tolist()


def test_too_few_verified_samples_to_judge_by_are_told(tmp_path, monkeypatch):
    data = loader(toy(verified=True, num_samples=300))
    hook_config = smp(guard=True, holdout_fraction=0.15)
    runner = build(tmp_path, [hook_config], train_dataloader=data, **QUIET)
    said: list[str] = []
    monkeypatch.setattr(runner.logger, 'warning', said.append)
    runner.call_hook('before_train')
    hook = hook_of(runner, SMPHook)
    held_out = int(hook.training_set.verification[hook.holdout].ge(0).sum())
    assert 0 < held_out < 32
    assert any(f'{held_out} of 150 verified samples are held' in text for text in said)


def test_a_class_without_verified_samples_uses_its_unverified_ones(tmp_path):
    @DATASETS.register_module(force=True)
    class PartlyVerified(ToyImages):
        def load_data_list(self):
            infos = super().load_data_list()
            for info in infos:
                if info['gt_label'] == 2:
                    info['verification'] = min(info['verification'], 0)
            return infos

    data = loader(dict(toy(verified=True, num_samples=60), type='PartlyVerified'))
    hook_config = smp(holdout_fraction=0.0, num_prototypes=2)
    runner = build(tmp_path, [hook_config], train_dataloader=data, **QUIET)
    runner.train()
    hook = hook_of(runner, SMPHook)
    verification, given = hook.training_set.verification, hook.table.given_labels
    want = (verification == 1) | ((given == 2) & (verification == -1))
    assert hook.allowed().tolist() == want.tolist()


def test_held_out_samples_never_meet_their_given_label(tmp_path):
    hook_config = smp(holdout_fraction=0.2, start_epoch=3)
    runner = build(
        tmp_path,
        [hook_config],
        train_cfg=dict(by_epoch=True, max_epochs=4, val_interval=100),
        **QUIET,
    )
    seen = []
    keep = runner.model.head.loss

    def loss(feats, data_samples, **kwargs):
        for sample in data_samples:
            seen.append((runner.epoch + 1, sample.sample_idx, sample.gt_score.clone()))
        return keep(feats, data_samples, **kwargs)

    runner.model.head.loss = loss
    runner.train()
    hook = hook_of(runner, SMPHook)
    held_out = hook.holdout
    # 2 of 10 in every class
    assert torch.bincount(hook.table.given_labels[held_out].long()).tolist() == [
        2,
        2,
        2,
    ]
    assert not held_out[hook.allowed()].any()
    for epoch, row, target in seen:
        given = F.one_hot(hook.table.given_labels[row].long(), NUM_CLASSES)
        if not held_out[row]:
            assert epoch >= 3 or torch.equal(target, given.float())
        elif epoch < 3:
            assert target.sum() == 0
        else:
            assert target.max() == hook_config.get('alpha', 0.5)
    last = {row: target for epoch, row, target in seen if epoch == 4}
    for row in held_out.nonzero().flatten().tolist():
        suggested = int(hook.table.suggested_labels[row])
        assert int(last[row].argmax()) == suggested


def test_guard_withholds_a_correction_that_is_worse(tmp_path, monkeypatch):
    """A network that learns nothing (lr 0) gives useless prototypes."""
    data = loader(toy(num_samples=300))
    bad = dict(
        train_dataloader=data,
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.0)),
        model=None,
        **QUIET,
    )

    @DATASETS.register_module(force=True)
    class NoSignal(ToyImages):
        def load_data_list(self):
            infos = super().load_data_list()
            rng = np.random.default_rng(0)
            for info in infos:
                info['img'] = rng.integers(0, 255, info['img'].shape, dtype=np.uint8)
            return infos

    bad['train_dataloader'] = loader(dict(toy(num_samples=300), type='NoSignal'))
    guarded = build(tmp_path / 'a', [smp(guard=True, holdout_fraction=0.2)], **bad)
    said: list[str] = []
    monkeypatch.setattr(guarded.logger, 'info', said.append)
    guarded.train()
    hook = hook_of(guarded, SMPHook)
    assert not hook.corrects
    assert torch.equal(hook.corrected_labels(), hook.table.given_labels)
    assert hook.stage == 'gave_up'
    assert not hook.holdout.any()
    # the file suggests by the network at the end, not when the guard gave up
    assert not torch.equal(hook.table.suggested_labels, hook.table.given_labels)
    last = read_label_file(tmp_path / 'a' / 'cleaned_labels.csv')
    torch.nn.init.normal_(plain_model(guarded).backbone.layers[0].weight)
    hook.after_train(guarded)
    after = read_label_file(tmp_path / 'a' / 'cleaned_labels.csv')
    assert (after.scores != last.scores).any()
    assert (hook.table.scores < 1).any()
    assert 'keep all 300 labels' in said[-1]
    unguarded = build(tmp_path / 'b', [smp(holdout_fraction=0.1)], **bad)
    unguarded.train()
    hook = hook_of(unguarded, SMPHook)
    assert not torch.equal(hook.table.suggested_labels, hook.table.given_labels)
    trust = hook.trust_guard.trust  # so training uses what nobody should be told to use
    assert trust.corrected_accuracy <= trust.given_accuracy
    for name in ('a', 'b'):
        file = read_label_file(tmp_path / name / 'cleaned_labels.csv')
        assert set(file.recommended) == {'keep'}


@pytest.mark.parametrize('online', [False, True])
def test_guard_lets_a_verified_correction_through(tmp_path, online, monkeypatch):
    runner = build(
        tmp_path,
        [smp(start_epoch='auto', alpha=1.0, online=online, holdout_fraction=0.2)],
        train_cfg=dict(by_epoch=True, max_epochs=10, val_interval=100),
        train_dataloader=loader(toy(num_samples=900, verified=True), batch_size=16),
        **QUIET,
    )
    said: list[str] = []
    monkeypatch.setattr(runner.logger, 'info', said.append)
    runner.train()
    hook = hook_of(runner, SMPHook)
    assert hook.corrects
    true = torch.arange(900) % NUM_CLASSES
    assert (hook.table.given_labels == true).float().mean() == 0.8
    assert (hook.table.suggested_labels == true).float().mean() > 0.95
    file = read_label_file(tmp_path / 'cleaned_labels.csv')
    known = hook.training_set.verification.numpy()
    changed = file.suggested_labels != file.given_labels
    assert (file.recommended[changed & (known < 1)] == 'replace').all()
    assert (file.recommended[known == 1] == 'keep').all()
    right = np.where(changed & (known < 1), file.suggested_labels, file.given_labels)
    assert (right == true.numpy()).mean() > 0.95
    wrong = int((file.recommended != 'keep').sum())
    assert said[-1].startswith(f'{wrong} of 900 labels are suspicious')


def test_guard_begins_when_labels_are_memorised(tmp_path):
    config = Config.fromfile(CONFIGS / 'smp/digits_sym50_guard.py')
    config.train_dataloader.dataset.indices = 600
    config.custom_hooks[0].holdout_fraction = 0.2
    config.train_cfg.val_interval = 100
    config.randomness = dict(seed=0)
    config.merge_from_dict(dict(work_dir=str(tmp_path), log_level='ERROR'))
    runner = Runner.from_cfg(config)
    runner.train()
    hook = hook_of(runner, SMPHook)
    assert hook.corrects
    true, table = hook.training_set.true_labels, hook.table
    assert (table.given_labels == true).float().mean() < 0.6
    assert (table.suggested_labels == true).float().mean() > 0.85


def test_online_uses_no_walk_and_sees_every_sample(tmp_path):
    runner = build(tmp_path, [smp(online=True)], **QUIET)
    runner.call_hook('before_train')  # builds the walk
    hook = hook_of(runner, SMPHook)

    def no_walk(model):
        raise AssertionError('the training set was walked')

    keep = hook.before_train

    def before_train(runner):
        keep(runner)
        hook.walk = no_walk

    hook.before_train = before_train
    runner.train()
    assert hook.active
    assert not torch.equal(hook.table.scores, torch.ones(NUM_SAMPLES))


def test_cycle_is_logged_to_the_visualizer(tmp_path):
    runner = build(tmp_path, [smp()], **QUIET)
    logged = {}
    keep = runner.visualizer.add_scalars

    def add_scalars(scalars, step=0, **kwargs):
        logged.update(scalars)
        keep(scalars, step, **kwargs)

    runner.visualizer.add_scalars = add_scalars
    runner.train()
    hook = hook_of(runner, SMPHook)
    suggested = hook.table.suggested_labels
    changed = (suggested != hook.table.given_labels).float().mean()
    assert logged['smp/labels_changed'] == pytest.approx(float(changed))
    accuracy = (suggested == TRUE).float().mean()
    assert logged['smp/corrected_accuracy'] == pytest.approx(float(accuracy))
    assert logged['smp/given_accuracy'] == pytest.approx(0.8)
    assert 0 <= logged['smp/prototype_purity'] <= 1
    counts = [logged[f'smp/class_{label}'] for label in range(NUM_CLASSES)]
    assert counts == torch.bincount(suggested).tolist()
    assert 0 <= logged['smp/given_accuracy_estimate'] <= 1


def test_a_resumed_state_may_lie_on_another_device(tmp_path):
    """MMEngine resumes to the GPU; the state has to come back to the CPU."""
    runner = build(tmp_path, [smp(holdout_fraction=0.2)])
    runner.train()
    hook = hook_of(runner, SMPHook)
    state = hook.state_dict()
    moved = []

    class OnDevice(torch.Tensor):
        def cpu(self):
            moved.append(self)
            return self.as_subclass(torch.Tensor)

    table = {k: _as(v, OnDevice) for k, v in state['table'].items()}
    other = {k: _as(v, OnDevice) for k, v in state.items() if k != 'table'}
    runner._resume = True
    checkpoint = dict(nl_plugins=dict(SMPHook=dict(other, table=table)))
    hook.after_load_checkpoint(runner, checkpoint)
    assert len(moved) == 6
    hook.load_state_dict(hook._resumed)
    assert type(hook.known) is torch.Tensor


def _as(value, kind):
    return value.as_subclass(kind) if isinstance(value, torch.Tensor) else value


@pytest.mark.parametrize('alpha', [0, 1])
def test_whole_numbers_for_alpha(tmp_path, alpha):
    build(tmp_path, [smp(alpha=alpha, holdout_fraction=0.2)], **QUIET).train()


def test_two_online_hooks_beside_each_other(tmp_path):
    runner = build(tmp_path, [smp(online=True), smp(online=True, seed=1)])
    runner.train()
    assert (tmp_path / 'cleaned_labels.csv').exists()
    assert (tmp_path / 'cleaned_labels_SMPHook_1.csv').exists()
    assert not runner.model.head._forward_hooks


def test_images_that_do_not_load_are_left_out(tmp_path):
    from mmpretrain.registry import TRANSFORMS

    @TRANSFORMS.register_module(force=True)
    class Broken:
        def __call__(self, results):
            return None if results['sample_idx'] in (0, 7) else results

    pipeline = [dict(type='Broken'), dict(type='PackInputs')]
    runner = build(tmp_path, [smp(pipeline=pipeline)], **QUIET)
    runner.train()
    hook = hook_of(runner, SMPHook)
    assert hook.known.logical_not().nonzero().flatten().tolist() == [0, 7]
    assert hook.table.suggested_labels[[0, 7]].tolist() == [1, 1]


def test_held_out_samples_without_a_corrected_label_have_no_target(tmp_path):
    runner = build(tmp_path, [smp(holdout_fraction=0.3, alpha=1.0)], **QUIET)
    runner.train()
    hook = hook_of(runner, SMPHook)
    rows = hook.holdout.nonzero().flatten()[:2]
    hook.known[rows[0]] = False
    targets = hook.transform(torch.ones(2, NUM_CLASSES), rows)
    assert targets[0].sum() == 0
    assert targets[1].sum() == 1


def test_resuming_with_another_hold_out_is_refused(tmp_path):
    build(tmp_path, [smp(holdout_fraction=0.2)]).train()
    runner = build(
        tmp_path,
        [smp(holdout_fraction=0.4)],
        resume=True,
        train_cfg=dict(by_epoch=True, max_epochs=3, val_interval=100),
    )
    with pytest.raises(ValueError, match='holds out 6 samples'):
        runner.train()


def test_nothing_is_held_out_without_a_guard(tmp_path):
    runner = build(tmp_path, [smp()], **QUIET)
    runner.train()
    assert not hook_of(runner, SMPHook).holdout.any()


def test_verification_labels_that_are_not_used(tmp_path):
    tables = []
    for name, verified in (('with', True), ('without', False)):
        data = loader(toy(verified=verified, num_samples=60))
        hook_config = smp(use_verification=False, num_prototypes=2)
        folder = tmp_path / name
        runner = build(folder, [hook_config], train_dataloader=data, **QUIET)
        runner.train()
        hook = hook_of(runner, SMPHook)
        assert hook.allowed().all()
        assert hook.trust_guard.trust.source == 'noisy labels'
        tables.append(hook.table.suggested_labels)
    assert torch.equal(*tables)


@pytest.mark.parametrize('split', ['val', 'test'])
def test_the_prototypes_classify_another_split(tmp_path, split):
    data = loader(
        toy(num_samples=40, seed=3, test_mode=True),
        sampler=dict(type='DefaultSampler', shuffle=False),
    )
    parts = {f'{split}_dataloader': data, f'{split}_evaluator': dict(type='Accuracy')}
    config = smp(evaluate_on=split, num_prototypes=2)
    runner = build(tmp_path, [config], **{f'{split}_cfg': {}}, **parts, **QUIET)
    runner.train()
    path = next(tmp_path.glob('*/vis_data/scalars.json'))
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    logged = [line for line in lines if 'smp/prototype_top1' in line][-1]

    hook, model = hook_of(runner, SMPHook), plain_model(runner)
    correction = hook._suggest(runner, hook.source)
    dataset = getattr(runner, f'{split}_dataloader').dataset
    features, labels = [], []
    for batch in hook.walk_over(TrainingSet(dataset))(model):
        features.append(batch.features)
        labels += [dataset.get_data_info(int(i))['gt_label'] for i in batch.rows]
    scores = torch.cat(features) @ correction.centers.T
    named = correction.classes[scores.argmax(1)]
    want = float((named == torch.tensor(labels)).double().mean())
    assert hook.classifier.accuracy(model, correction) == want
    assert 0.5 < logged['smp/prototype_top1'] <= 1

    true = hook.training_set.true_labels
    of_class = true == 1
    given = hook.table.given_labels
    share = float((given[of_class] == 1).double().mean())
    assert logged['smp/given_accuracy_1'] == pytest.approx(share)
    assert {f'smp/corrected_accuracy_{i}' for i in range(NUM_CLASSES)} <= set(logged)


def test_a_split_to_classify_that_the_config_lacks(tmp_path):
    none = dict(test_dataloader=None, test_evaluator=None, test_cfg=None)
    runner = build(tmp_path, [smp(evaluate_on='test')], **none, **QUIET)
    with pytest.raises(ValueError, match='the config has no test_dataloader'):
        runner.train()
    with pytest.raises(ValueError, match='evaluate_on must be one of'):
        SMPHook(start_epoch=2, evaluate_on='train')


def test_guard_needs_samples_to_judge_by(tmp_path):
    runner = build(tmp_path, [smp(guard=True)], **QUIET)
    with pytest.raises(ValueError, match='raise `holdout_fraction`'):
        runner.train()


def test_verified_samples_that_are_held_out_judge(tmp_path):
    data = loader(toy(verified=True, num_samples=300))
    hook_config = smp(guard=True, holdout_fraction=0.3)
    runner = build(tmp_path, [hook_config], train_dataloader=data, **QUIET)
    runner.train()
    hook = hook_of(runner, SMPHook)
    judged = hook.trust_guard.rows
    assert hook.trust_guard.trust.source == 'verification'
    assert hook.holdout[judged].all()
    assert (hook.training_set.verification[judged] >= 0).all()
    assert not hook.allowed()[judged].any()
