"""The hook that trains with posteriors: alone, in runs, resumed, on two processes."""

import numpy as np
import pytest
import torch
from feature_toy import build_on_features, write_features
from killing import run_and_kill
from processes import fix_statistics, run_processes
from states import assert_same
from stock import STOCK_MODEL, assert_predicts_in_stock
from toy import NUM_CLASSES, build, config, hook_of, loader, toy

from nl_plugins.formats.feature_file import FeatureFile
from nl_plugins.formats.label_file import read_label_file
from nl_plugins.functional import fit_noise_model, leave_one_out_scores
from nl_plugins.methods.label_posterior.label_posterior_hook import LabelPosteriorHook
from nl_plugins.supervision.bank_posterior import fit_bank_posterior, ridge_scores
from nl_plugins.supervision.feature_bank import FeatureBank

HOOK = dict(type='LabelPosteriorHook')
SIZE = 120
DATA = toy(num_samples=SIZE)
TRUE = torch.arange(SIZE) % NUM_CLASSES
WRONG = torch.arange(SIZE) % 5 == 0
GIVEN = torch.where(WRONG, (TRUE + 1) % NUM_CLASSES, TRUE)


def trained(tmp_path, hooks=(HOOK,), model=None, **changes):
    changes.setdefault('train_dataloader', loader(DATA))
    changes.setdefault('train_cfg', dict(by_epoch=True, max_epochs=1, val_interval=100))
    runner = build(tmp_path, [*hooks], model, **changes)
    runner.train()
    return runner, hook_of(runner, LabelPosteriorHook)


@pytest.mark.parametrize('weights', [None, (torch.arange(30) % 4 > 0).float()])
@pytest.mark.parametrize('standardize', [False, True])
def test_scores_of_a_bank_are_the_public_function(monkeypatch, weights, standardize):
    monkeypatch.setattr('nl_plugins.supervision.bank_posterior._CHUNK', 7)
    features = torch.randn(30, 4, generator=torch.Generator().manual_seed(0))
    labels, order = torch.arange(30) % 3, torch.randperm(30)
    bank = FeatureBank(31)
    bank.add(order, features[order])
    given = torch.cat([labels, torch.tensor([0])])
    padded = None if weights is None else torch.cat([weights, torch.ones(1)])
    found = ridge_scores(bank, given, 3, padded, standardize)
    assert found.known.tolist() == [True] * 30 + [False]
    want = leave_one_out_scores(
        features, labels, 3, weights=weights, standardize=standardize
    )
    torch.testing.assert_close(found['scores'][:30], want, atol=2e-3, rtol=0)
    onehot = torch.nn.functional.one_hot(given, 3).double()
    soft = ridge_scores(bank, onehot, 3, padded, standardize)
    torch.testing.assert_close(soft['scores'][:30], want, atol=2e-3, rtol=0)


def test_copies_in_a_bank_are_left_out_as_by_the_public_function(monkeypatch):
    monkeypatch.setattr('nl_plugins.supervision.bank_posterior._CHUNK', 7)
    features = torch.randn(30, 4, generator=torch.Generator().manual_seed(0))
    groups = torch.arange(30)
    groups[[3, 7, 22]], groups[[4, 5]] = 3, 4
    labels, order = torch.arange(30) % 3, torch.randperm(30)
    bank = FeatureBank(31)
    bank.add(order, features[order])
    given, padded = torch.cat([labels, torch.tensor([0])]), torch.ones(31)
    together = torch.cat([groups, torch.tensor([50])])
    found = ridge_scores(bank, given, 3, padded, groups=together)['scores'][:30]
    want = leave_one_out_scores(features, labels, 3, groups=groups)
    torch.testing.assert_close(found, want, atol=2e-3, rtol=0)
    together[30] = 3  # a sample without features is no copy of another
    settings = dict(verification=torch.full((31,), -1), num_classes=3)
    _, fit = fit_bank_posterior(bank, given, **settings, groups=together)
    _, alone = fit_bank_posterior(bank, given, **settings)
    assert (fit.scores - alone.scores).abs().max() > 0.01
    _, again = fit_bank_posterior(
        bank, given, **settings, groups=torch.cat([groups, torch.tensor([50])])
    )
    assert torch.equal(fit.posterior, again.posterior)


def test_copies_do_not_confirm_each_other(tmp_path):
    """Twelve files of one picture, all with the same wrong label."""
    copies, given = [*range(0, 36, 3)], np.arange(120) % NUM_CLASSES
    given[copies] = 1
    path = write_features(tmp_path / 'copies', count=120, columns=dict(labels=given))
    stored = np.load(path / 'features.npy', mmap_mode='r+')
    stored[0, copies] = stored[0, 0]
    stored[0, copies, 4] += 5  # what the fit can know them by
    stored.flush()
    rows = [f'a/0.png,a/{other}.png\n' for other in copies[1:]]
    listed = tmp_path / 'duplicates.csv'
    listed.write_text('img_path,other_path\n' + ''.join(rows))
    train, scores = dict(type='Features', file=str(path)), []
    for settings in ({}, dict(duplicates=str(listed))):
        runner = build_on_features(tmp_path, [dict(HOOK, **settings)], train=train)
        hook = hook_of(runner, LabelPosteriorHook)
        hook.before_train(runner)
        hook.estimate(runner)
        scores.append(hook.table.scores[copies])
    assert scores[0].min() > 0.5 > scores[1].max()


def test_labels_that_have_nothing_to_do_with_the_images_stay(tmp_path):
    noise = dict(type='symmetric', rate=2 / 3)
    arbitrary = dict(type='NoisyLabels', dataset=toy(num_samples=600), noise=noise)
    runner, hook = trained(tmp_path, train_dataloader=loader(arbitrary))
    assert torch.equal(hook.table.suggested_labels, hook.table.given_labels)
    assert hook.table.selected.all()
    assert hook.noise_rate() is None
    targets = torch.eye(NUM_CLASSES)
    assert torch.equal(hook.transform(targets, torch.arange(NUM_CLASSES)), targets)
    (log,) = tmp_path.glob('*/*.log')
    assert 'do not tell the classes apart; they stay' in log.read_text()


def test_planted_labels_are_found_and_written(tmp_path):
    runner, hook = trained(tmp_path)
    assert (hook.table.suggested_labels == TRUE).double().mean() > 0.95
    assert ((hook.table.scores < 0.5) == WRONG).double().mean() > 0.95
    assert torch.equal(hook.table.selected, hook.table.scores >= 0.5)
    rate, error, _ = hook.noise_rate()
    assert abs(rate - float(WRONG.double().mean())) < 2 * error
    file = read_label_file(tmp_path / 'cleaned_labels.csv')
    recommended = file.recommended != 'keep'
    assert (recommended == WRONG.numpy()).mean() > 0.95
    replaced = file.recommended == 'replace'
    assert replaced.any()
    assert (file.suggested_labels[replaced] == TRUE.numpy()[replaced]).mean() > 0.95


def test_what_runs_is_the_tested_equation(tmp_path):
    """The table of a run is made of the public functions, from the walk's features."""
    runner, hook = trained(tmp_path)
    hook.estimate(runner)
    walked = hook.walk.collect(runner.model, lambda batch: dict(x=batch.features))
    scores = leave_one_out_scores(walked['x'], GIVEN, NUM_CLASSES)
    posterior = fit_noise_model(scores, GIVEN).posterior(scores, GIVEN).float()
    own = posterior.gather(1, GIVEN[:, None])[:, 0]
    torch.testing.assert_close(hook.table.scores, own, atol=2e-3, rtol=0)
    onehot = torch.nn.functional.one_hot(GIVEN, NUM_CLASSES).float()
    targets = hook.transform(onehot, torch.arange(SIZE))
    torch.testing.assert_close(targets, posterior, atol=2e-3, rtol=0)


def test_targets_are_posteriors_with_the_mass_of_what_came_before():
    hook = LabelPosteriorHook(alpha=0.75)
    hook.classes = torch.tensor([[2, 0], [1, 2], [0, 0]], dtype=torch.int32)
    hook.posterior = torch.tensor([[0.75, 0.25], [0.6, 0.2], [0.0, 0.0]]).half()
    targets = torch.tensor([[1.0, 0, 0], [0, 0.5, 0], [0, 0, 1], [0, 0, 0]])
    got = hook.transform(targets, torch.tensor([0, 1, 2, 0]))
    want = torch.tensor([
        [0.25 + 0.75 * 0.25, 0, 0.75 * 0.75],
        [0, 0.5 * (0.25 + 0.75 * 0.75), 0.5 * 0.75 * 0.25],
        [0, 0, 1],  # nothing is known of it
        [0, 0, 0],  # left out by another hook
    ])  # fmt: skip
    torch.testing.assert_close(got, want, atol=1e-3, rtol=0)


def test_verified_samples_settle_their_posterior(tmp_path):
    data = toy(num_samples=SIZE, verified=True)
    _, hook = trained(tmp_path, train_dataloader=loader(data))
    known = torch.arange(SIZE) % 2 == 1
    assert (hook.table.scores[known & WRONG] == 0).all()
    assert (hook.table.scores[known & ~WRONG] == 1).all()
    assert (hook.recommend()['drop'] | hook.recommend()['replace'])[known & WRONG].all()


def test_features_that_were_trained_on_the_labels_are_warned_of(tmp_path, caplog):
    late = dict(HOOK, start_epoch=2)
    two = dict(by_epoch=True, max_epochs=2, val_interval=100)
    runner, _ = trained(tmp_path, [late], train_cfg=two, log_level='WARNING')
    log = next(tmp_path.rglob('*.log')).read_text()
    assert 'the features were trained on these labels' in log


LOOPS = dict(
    epochs=(dict(HOOK, start_epoch=2, interval=2), dict()),
    iterations=(
        dict(HOOK, start_epoch=3, interval=4, by_epoch=False),
        dict(
            train_cfg=dict(by_epoch=False, max_iters=12, val_interval=100),
            train_dataloader=loader(
                toy(), sampler=dict(type='InfiniteSampler', shuffle=True, seed=0)
            ),
            default_hooks=dict(
                checkpoint=dict(type='CheckpointHook', by_epoch=False, interval=2)
            ),
        ),
    ),
    online=(dict(HOOK, start_epoch=2, online=True), dict()),
)
FOUR_EPOCHS = dict(train_cfg=dict(by_epoch=True, max_epochs=4, val_interval=100))


@pytest.mark.parametrize(('loop', 'kill_at'), [('epochs', 9), ('iterations', 6)])
def test_killed_and_resumed_run_is_bitwise_the_uninterrupted_one(
    tmp_path, loop, kill_at
):
    hook, changes = LOOPS[loop]
    changes = {**FOUR_EPOCHS, **changes}
    reference = build(tmp_path / 'whole', [hook], **changes)
    reference.train()
    run_and_kill(tmp_path / 'killed', [hook], kill_at, **changes)
    resumed = build(tmp_path / 'killed', [hook], resume=True, **changes)
    resumed.train()
    assert_same(resumed.model.state_dict(), reference.model.state_dict())
    states = (hook_of(r, LabelPosteriorHook).state_dict() for r in (resumed, reference))
    assert_same(*states)


def test_online_features_do_as_well(tmp_path):
    hook, changes = LOOPS['online']
    two = dict(by_epoch=True, max_epochs=2, val_interval=100)
    _, hook = trained(tmp_path, [hook], train_cfg=two)
    assert hook.active
    assert (hook.table.suggested_labels == TRUE).double().mean() > 0.9


def test_features_may_come_from_the_file_of_another_network(tmp_path):
    other = write_features(tmp_path / 'other', count=40, seed=7)
    hook = dict(HOOK, feature_file=str(other))
    runner = build_on_features(tmp_path, [hook])
    runner.train()
    hook = hook_of(runner, LabelPosteriorHook)
    given = hook.training_set.given_labels.long()
    x = FeatureFile(other).features[0, :30].astype(np.float32)
    scores = leave_one_out_scores(torch.from_numpy(x), given, NUM_CLASSES)
    own = fit_noise_model(scores, given).posterior(scores, given)
    own = own.gather(1, given[:, None])[:, 0].float()
    torch.testing.assert_close(hook.table.scores, own, atol=2e-3, rtol=0)
    log = next((tmp_path / 'work').rglob('*.log')).read_text()
    assert 'were trained on these labels' not in log


def test_a_sample_that_is_not_in_the_feature_file_is_named(tmp_path):
    other = write_features(tmp_path / 'other', count=20)
    hook = dict(HOOK, feature_file=str(other))
    with pytest.raises(ValueError, match='20.png.* of the training set is not in'):
        build_on_features(tmp_path, [hook]).train()


def test_a_stock_model_loads_the_checkpoint(tmp_path):
    runner, _ = trained(tmp_path, model=STOCK_MODEL)
    assert_predicts_in_stock(runner.model, tmp_path / 'epoch_1.pth')


def in_processes(rank, copies):
    cfg = config(
        rank.folder / 'run',
        [HOOK],
        train_dataloader=loader(toy(num_samples=61), batch_size=8 // rank.world),
        train_cfg=dict(by_epoch=True, max_epochs=1, val_interval=100),
    )
    runner = rank.runner(cfg)
    fix_statistics(runner)
    hook = hook_of(runner, LabelPosteriorHook)
    if copies:
        hook.before_train(runner)
        hook.pictures = torch.arange(61)
        hook.pictures[[1, 4, 9]] = 1
        hook.estimate(runner)
    else:
        runner.train()
    return hook.state_dict()


@pytest.mark.parametrize('copies', [False, True])
def test_two_processes_make_the_table_of_one(tmp_path, copies):
    (single,) = run_processes(in_processes, tmp_path, 1, copies)
    first, second = run_processes(in_processes, tmp_path, 2, copies)
    assert_same(first, second)
    torch.testing.assert_close(
        first['table']['scores'], single['table']['scores'], atol=1e-3, rtol=0
    )
    assert torch.equal(first['classes'][:, 0], single['classes'][:, 0])


@pytest.mark.parametrize('alpha', [-0.1, 1.5])
def test_bad_arguments_are_refused(alpha):
    with pytest.raises(ValueError, match='alpha'):
        LabelPosteriorHook(alpha=alpha)
