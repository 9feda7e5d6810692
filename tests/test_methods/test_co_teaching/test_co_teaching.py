"""Algorithm 1 by hand, in runs, and on digits of which half the labels are wrong."""

from copy import deepcopy

import pytest
import torch
import torch.nn.functional as F
from digits_run import network, train_digits
from mmpretrain.registry import MODELS
from mmpretrain.structures import DataSample
from processes import run_processes
from states import assert_same
from toy import NUM_CLASSES, build, config, hook_of, loader, tiny_model, toy

from nl_plugins.methods.co_teaching.co_teaching import CoTeaching
from nl_plugins.supervision.terms_hook import TermsHook

HOOKS = [dict(type='TermsHook')]
PEER = {key: tiny_model()[key] for key in ('backbone', 'head')}
TERM = dict(type='CoTeaching', peer=PEER, forget_rate=0.5, ramp=2)


def classifier(**term):
    torch.manual_seed(0)
    backbone = dict(type='FullyConnected', in_channels=12, dropout=0.0)
    head = dict(type='LinearClsHead', num_classes=NUM_CLASSES, in_channels=128)
    parts = dict(backbone=backbone, head=head)
    term = dict(TERM, peer=parts, **term)
    return MODELS.build(dict(parts, type='NoisyLabelClassifier', terms=[term]))


def samples(labels, weights=None):
    made = []
    for row, label in enumerate(labels):
        sample = DataSample(metainfo=dict(sample_idx=row)).set_gt_label(label)
        if weights:
            sample.set_gt_score(weights[row] * torch.eye(NUM_CLASSES)[label])
        made.append(sample)
    return made


def step_of(model, epoch, images, batch):
    term = model.terms[0]
    term.num_samples, term.scale = len(images), term.scale_at(epoch, 10)
    return model.train().loss(images, batch)


@pytest.mark.parametrize(('epoch', 'kept'), [(1, 6), (2, 4), (9, 4)])
def test_each_learns_from_the_small_losses_of_the_other(epoch, kept):
    model, labels = classifier(), [0, 1, 2, 0, 1, 2, 0, 1]
    images = torch.randn(8, 3, 2, 2)
    networks = model, model.terms[0].peer
    each = [
        F.cross_entropy(net(images), torch.tensor(labels), reduction='none')
        for net in (model.eval(), networks[1].eval())
    ]
    order = [sorted(range(8), key=lambda i: own[i].item()) for own in each]
    mine, theirs = (ranked[:kept] for ranked in order)
    assert sorted(mine) != sorted(theirs)
    losses = step_of(model, epoch, images, samples(labels))
    torch.testing.assert_close(losses['loss'], each[0][theirs].mean())
    torch.testing.assert_close(losses['loss_peer'], each[1][mine].mean())
    assert losses['kept'] == kept / 8
    want = (each[0] + each[1]).detach() / 2
    torch.testing.assert_close(model.terms[0].sample_state['losses'], want)
    sum(value for name, value in losses.items() if 'loss' in name).backward()
    grads = [own.grad for own in model.parameters()]
    assert all(grad is not None and grad.any() for grad in grads[-2:] + grads[:2])


def test_what_has_no_label_is_not_taken():
    model, labels = classifier(), [0, 1, 2, 0, 1, 2, 0, 1]
    weights = [0.0, 1.0, 0.0, 0.1, 1.0, 1.0, 0.0, 0.0]
    losses = step_of(model, 9, torch.randn(8, 3, 2, 2), samples(labels, weights))
    assert losses['kept'] == 2 / 8
    taken = model.terms[0]._kept
    assert not taken[torch.tensor(weights) == 0].any()


def test_an_estimate_follows_the_losses():
    term = classifier(forget_rate=None).terms[0]
    assert term.keep_rate(5) == 1
    losses = torch.cat([torch.linspace(0, 0.5, 70), torch.linspace(4, 5, 30)])
    state = dict(losses=losses, rate=torch.zeros(1).double())
    term.load_state(deepcopy(state))
    term.scale_at(2, 10)
    assert abs(term.keep_rate(2) - 0.7) < 1e-3
    assert abs(term.keep_rate(1) - 0.85) < 1e-3
    term.load_state(dict(state, losses=torch.full((5,), torch.nan)))
    term.scale_at(3, 10)
    assert term.keep_rate(3) == 1  # nothing was seen yet
    term.interval = 5
    term.load_state(deepcopy(state))
    term.scale_at(5, 10)
    assert term.keep_rate(5) == 1
    term.scale_at(6, 10)
    assert term.keep_rate(6) < 1


def run(folder, epochs=4, forget_rate=None, **changes):
    term = dict(TERM, forget_rate=forget_rate)
    model = dict(tiny_model(), type='NoisyLabelClassifier', terms=[term])
    epochs = dict(by_epoch=True, max_epochs=epochs, val_interval=100)
    changes.setdefault('model', model)
    return build(folder, HOOKS, train_cfg=epochs, **changes)


def test_resumes_exactly(tmp_path):
    whole = run(tmp_path / 'whole')
    whole.train()
    run(tmp_path / 'part', 2).train()
    checkpoint = str(tmp_path / 'part' / 'epoch_2.pth')
    resumed = run(tmp_path / 'part', resume=True, load_from=checkpoint)
    resumed.train()
    assert_same(resumed.model.state_dict(), whole.model.state_dict())
    got, want = (hook_of(r, TermsHook).state_dict() for r in (resumed, whole))
    assert want['terms']['CoTeaching_0']['rate'] > 0
    assert_same(got, want)


def test_the_first_network_is_an_ordinary_classifier():
    model = MODELS.build(dict(tiny_model(), type='NoisyLabelClassifier', terms=[TERM]))
    own = [name for name in model.state_dict() if not name.startswith('terms.')]
    assert own == list(MODELS.build(tiny_model()).state_dict())


def train(rank):
    backbone = dict(
        type='FullyConnected', in_channels=192, hidden_channels=[16], dropout=0.0
    )
    parts = dict(backbone=backbone, head=tiny_model(in_channels=16)['head'])
    term = dict(TERM, peer=parts, forget_rate=0.0)  # ranks choose by themselves
    model = dict(tiny_model(), **parts)
    cfg = config(
        rank.folder / 'run',
        HOOKS,
        dict(model, type='NoisyLabelClassifier', terms=[term]),
        train_dataloader=loader(toy(size=8), batch_size=8 // rank.world),
        val_dataloader=loader(toy(size=8, test_mode=True)),
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.01)),
    )
    runner = rank.runner(cfg)
    runner.train()
    terms = hook_of(runner, TermsHook).state_dict()['terms']
    return dict(model=rank.plain(runner).state_dict(), **terms)


def test_two_processes_are_one(tmp_path):
    (single,) = run_processes(train, tmp_path, 1)
    for rank in run_processes(train, tmp_path, 2):
        for part, values in single.items():
            for key, value in values.items():
                got = rank[part][key]
                torch.testing.assert_close(got, value, rtol=0, atol=1e-5)


def test_without_the_rate_it_leaves_the_wrong_labels_of_digits_out(tmp_path):
    model = network()
    parts = {key: model[key] for key in ('backbone', 'head')}
    model['terms'] = [dict(type='CoTeaching', peer=parts, ramp=5)]
    runner, accuracy = train_digits(tmp_path, HOOKS, model, epochs=12)
    samples = hook_of(runner, TermsHook).training_set
    right = samples.given_labels == samples.true_labels
    state = runner.model.terms[0].sample_state
    assert abs(float(state['rate']) - float((~right).double().mean())) < 0.1
    kept = state['losses'] <= state['losses'].quantile(1 - float(state['rate']))
    assert float(right[kept].double().mean()) > 0.85
    assert accuracy > 80


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(forget_rate=1.0), 'forget_rate must be below 1'),
        (dict(forget_rate=-0.1), 'forget_rate must lie'),
        (dict(ramp=0), 'ramp must be an integer >= 1'),
        (dict(interval=0), 'interval must be an integer >= 1'),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        CoTeaching(PEER, **settings)
