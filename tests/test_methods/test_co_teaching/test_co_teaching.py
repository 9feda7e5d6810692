"""Algorithm 1 by hand, in runs, and on digits of which half the labels are wrong."""

from copy import deepcopy

import pytest
import torch
import torch.nn.functional as F
from digits_run import LONG, network, train_digits
from mmpretrain.registry import MODELS
from toy import NUM_CLASSES, data_samples, hook_of, tiny_model

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
    losses = step_of(model, epoch, images, data_samples(labels))
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
    losses = step_of(model, 9, torch.randn(8, 3, 2, 2), data_samples(labels, weights))
    assert losses['kept'] == 2 / 8
    taken = model.terms[0]._kept
    assert not taken[torch.tensor(weights) == 0].any()


def test_a_peer_of_other_classes_is_refused():
    head = dict(type='LinearClsHead', num_classes=NUM_CLASSES + 1, in_channels=128)
    backbone = dict(type='FullyConnected', in_channels=12)
    model = classifier()
    model.terms[0] = CoTeaching(dict(backbone=backbone, head=head), forget_rate=0.5)
    with pytest.raises(ValueError, match='predicts 3 classes, that of the peer .* 4:'):
        step_of(model, 1, torch.randn(3, 3, 2, 2), data_samples([0, 1, 2]))


def test_a_peer_learns_from_its_choice_alone_by_sigmoids_too():
    model, sigmoid = classifier(), dict(type='CrossEntropyLoss', use_sigmoid=True)
    for each in (model, model.terms[0].peer):
        each.head.loss_module = MODELS.build(sigmoid)
    labels = torch.tensor([0, 1, 2, 0])
    losses = step_of(model, 2, torch.zeros(4, 3, 2, 2), data_samples(labels.tolist()))
    logits = model.terms[0].peer.eval()(torch.zeros(2, 3, 2, 2))
    targets = torch.eye(NUM_CLASSES)[labels[model.terms[0]._kept > 0]]
    want = F.binary_cross_entropy_with_logits(logits, targets, reduction='sum') / 2
    torch.testing.assert_close(losses['loss_peer'], want)


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


def test_the_first_network_is_an_ordinary_classifier():
    model = MODELS.build(dict(tiny_model(), type='NoisyLabelClassifier', terms=[TERM]))
    own = [name for name in model.state_dict() if not name.startswith('terms.')]
    assert own == list(MODELS.build(tiny_model()).state_dict())


def test_without_the_rate_it_leaves_the_wrong_labels_of_digits_out(
    tmp_path, digits_baseline
):
    model = network()
    parts = {key: model[key] for key in ('backbone', 'head')}
    model['terms'] = [dict(type='CoTeaching', peer=parts, ramp=5)]
    runner, accuracy = train_digits(tmp_path, HOOKS, model, epochs=LONG)
    samples = hook_of(runner, TermsHook).training_set
    right = samples.given_labels == samples.true_labels
    state = runner.model.terms[0].sample_state
    assert abs(float(state['rate']) - float((~right).double().mean())) < 0.1
    kept = state['losses'] <= state['losses'].quantile(1 - float(state['rate']))
    assert float(right[kept].double().mean()) > 0.85
    assert accuracy > digits_baseline + 10


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
