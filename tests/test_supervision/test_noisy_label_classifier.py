"""Terms beside each other, beside targets of hooks, and with targets of their own."""

import pytest
import torch
import torch.nn.functional as F
from mmengine.hooks import Hook
from mmpretrain.registry import MODELS
from mmpretrain.structures import DataSample
from toy import NUM_CLASSES, NUM_SAMPLES, build, tiny_model

from nl_plugins.supervision.soft_targets import smoothing, write_targets
from nl_plugins.supervision.supervision_hook import SupervisionHook
from nl_plugins.supervision.term import Term

PI = dict(type='PiConsistency', consistency=dict(type='ConsistencyLoss', loss_weight=7))
ENSEMBLES = dict(PI, type='TemporalEnsembling')
K, SIZE = 3, 4


def network(*terms, loss=None):
    torch.manual_seed(0)
    loss = loss or dict(type='CrossEntropyLoss')
    settings = dict(
        type='NoisyLabelClassifier',
        backbone=dict(type='FullyConnected', in_channels=SIZE, hidden_channels=(6,)),
        head=dict(type='LinearClsHead', num_classes=K, in_channels=6, loss=loss),
        terms=list(terms),
        noise=dict(type='GaussianNoise', std=0.2),
    )
    model = MODELS.build(settings)
    model.init_weights()
    for term in model.terms:
        term.scale, term.num_samples = 1.0, 5
    return model


def samples_of(labels):
    return [
        DataSample(metainfo=dict(sample_idx=index)).set_gt_label(label)
        for index, label in enumerate(labels)
    ]


def losses_of(model, seed=1):
    torch.manual_seed(seed)
    return model.loss(
        torch.linspace(-1, 1, 5 * SIZE).view(5, SIZE), samples_of([0, 1, 2, 2, 0])
    )


def test_terms_add_what_they_add_alone():
    both, pi, ensembles = network(PI, ENSEMBLES), network(PI), network(ENSEMBLES)
    for seed in (1, 2):
        got, first = losses_of(both, seed), losses_of(pi, seed)
        second = losses_of(ensembles, seed)
        assert list(got) == ['loss', 'loss_consistency', 'loss_consistency_1']
        assert torch.equal(got['loss'], first['loss'])
        assert torch.equal(got['loss_consistency'], first['loss_consistency'])
        assert torch.equal(got['loss_consistency_1'], second['loss_consistency'])
    assert got['loss_consistency_1'] > 0  # of the second evaluation


@MODELS.register_module()
class Guess(Term):
    """Trains with the mean of the targets and a guess of its own, a parameter."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.guess = torch.nn.Parameter(torch.tensor([0.0, 1.0, 2.0]))

    def before_supervised(self, batch):
        self.seen = batch.targets
        batch.targets = (batch.targets + self.guess.softmax(0)) / 2

    def losses(self, batch):
        guessed = self.guess.softmax(0)
        return dict(
            loss_guess=(guessed - batch.probs).square().mean(), guessed=guessed[0]
        )


@pytest.mark.parametrize('epsilon', [0.0, 0.3])
def test_a_term_can_rewrite_the_targets_and_train_parts_of_its_own(epsilon):
    loss = dict(type='LabelSmoothLoss', label_smooth_val=epsilon) if epsilon else None
    model = network(dict(type='Guess'), loss=loss)
    (term,) = model.terms
    term.scale = 0.5
    logits = []
    model.head.register_forward_hook(lambda *args: logits.append(args[-1]))
    losses = losses_of(model)
    onehot = torch.eye(K)[[0, 1, 2, 2, 0]]
    torch.testing.assert_close(term.seen, onehot)
    want = (onehot + term.guess.softmax(0)) / 2
    want = (1 - epsilon) * want + epsilon / K
    torch.testing.assert_close(
        losses['loss'], F.cross_entropy(logits[0], want.detach())
    )
    distance = (term.guess.softmax(0) - logits[0].softmax(1)).square().mean()
    torch.testing.assert_close(losses['loss_guess'], 0.5 * distance)
    torch.testing.assert_close(losses['guessed'], term.guess.softmax(0)[0])
    losses['loss'].backward(retain_graph=True)
    assert term.guess.grad is None  # targets are constants
    losses['loss_guess'].backward()
    assert term.guess.grad.abs().sum() > 0
    assert [n for n in model.state_dict() if 'terms' in n] == ['terms.0.guess']


@MODELS.register_module()
class LeaveOut(Term):
    """Takes the targets of the first two images away."""

    def before_supervised(self, batch):
        batch.targets = batch.targets * torch.tensor([0.0, 0, 1, 1, 1])[:, None]


def test_what_a_term_leaves_out_does_not_train_by_sigmoids_either():
    model = network(
        dict(type='LeaveOut'), loss=dict(type='CrossEntropyLoss', use_sigmoid=True)
    )
    logits = []
    model.head.register_forward_hook(lambda *args: logits.append(args[-1]))
    got = losses_of(model)['loss']
    onehot = torch.eye(K)[[2, 2, 0]]
    want = F.binary_cross_entropy_with_logits(logits[0][2:], onehot, reduction='sum')
    torch.testing.assert_close(got, want / 3)


@pytest.mark.parametrize(
    ('head', 'match'),
    [
        (dict(loss=dict(type='SeesawLoss', num_classes=K)), 'SeesawLoss does not acc'),
        (dict(loss=dict(type='FocalLoss')), 'FocalLoss is not linear'),
        (dict(cal_acc=True), 'model.head.cal_acc=False'),
    ],
)
def test_targets_of_a_term_that_cannot_train_are_refused(head, match):
    model = network(dict(type='LeaveOut'))
    model.head = MODELS.build(
        dict(type='LinearClsHead', num_classes=K, in_channels=6, **head)
    )
    with pytest.raises(ValueError, match=match):
        losses_of(model)


def test_a_term_that_is_off_or_a_model_that_is_evaluated_is_a_plain_classifier():
    model, plain = network(dict(type='Guess')), network()
    model.terms[0].scale = 0.0
    assert torch.equal(losses_of(model)['loss'], losses_of(plain)['loss'])
    model.terms[0].scale = 1.0
    got, want = losses_of(model.eval()), losses_of(plain.eval())
    assert got.keys() == want.keys() == {'loss'}
    assert torch.equal(got['loss'], want['loss'])


class Watch(Hook):
    """The losses beside cross entropy with the targets of the hook, by hand."""

    def __init__(self, kind):
        self.kind, self.logits, self.seen = kind, [], []

    def before_train(self, runner):
        runner.model.head.register_forward_hook(
            lambda module, args, output: self.logits.append(output.detach())
        )
        hooks = [hook for hook in runner.hooks if isinstance(hook, SupervisionHook)]
        (self.hook,) = hooks

    def before_train_iter(self, *args, **kwargs):
        self.logits.clear()

    def after_train_iter(self, runner, batch_idx, data_batch, outputs):
        rows = torch.tensor([s.sample_idx for s in data_batch['data_samples']])
        labels = self.hook.table.given_labels[rows].long()
        targets = self.hook.transform(torch.eye(NUM_CLASSES)[labels], rows)
        total = F.cross_entropy(self.logits[0], targets, reduction='sum')
        labelled = (targets.sum(1) > 0).sum()
        self.seen.append((outputs, total / labelled))


@pytest.mark.parametrize('method', ['SMPHook', 'SINetHook'])
def test_terms_beside_the_targets_of_a_hook(tmp_path, method):
    smp = dict(type='SMPHook', start_epoch=1, num_prototypes=2, holdout_fraction=0.0)
    sinet = dict(type='SINetHook', start_epoch=1, alpha=0.6, graph=None)
    runner = build(
        tmp_path,
        [dict(SMPHook=smp, SINetHook=sinet)[method], dict(type='TermsHook')],
        dict(tiny_model(), type='NoisyLabelClassifier', terms=[PI, ENSEMBLES]),
    )
    watcher = Watch(method)
    runner.register_hook(watcher)
    runner.train()
    assert len(watcher.seen) == runner.iter
    for losses, want in watcher.seen:
        torch.testing.assert_close(losses['loss'], want)
        assert {'loss_consistency', 'loss_consistency_1'} <= set(losses)
    state = torch.load(tmp_path / 'epoch_2.pth', weights_only=False)['nl_plugins']
    assert set(state) == {method, 'TermsHook'}
    counts = state['TermsHook']['terms']['TemporalEnsembling_0']['counts']
    assert counts.tolist() == [2] * NUM_SAMPLES


def test_the_states_of_other_terms_are_refused(tmp_path):
    def run(*terms, **changes):
        model = dict(tiny_model(), type='NoisyLabelClassifier', terms=list(terms))
        runner = build(tmp_path, [dict(type='TermsHook')], model, **changes)
        runner.train()
        return runner.model.terms

    run(ENSEMBLES)
    loop = dict(by_epoch=True, max_epochs=3, val_interval=100)
    term = run(PI, ENSEMBLES, train_cfg=loop, resume=True)[1]
    assert term.sample_state['counts'].tolist() == [3] * NUM_SAMPLES
    with pytest.raises(ValueError, match="_0'.* other terms than .*_0', .*_1'"):
        run(ENSEMBLES, ENSEMBLES, resume=True)


@pytest.mark.parametrize('smooth', [False, True])
def test_the_mean_is_over_what_has_a_target(smooth):
    loss = dict(type='CrossEntropyLoss')
    if smooth:
        loss = dict(type='LabelSmoothLoss', label_smooth_val=0.1, mode='original')
    model, stock = network(PI, loss=loss).eval(), network(loss=loss).eval()
    inputs = torch.linspace(-1, 1, 5 * SIZE).view(5, SIZE)
    uniform, zero = torch.full((K,), 1 / K), torch.zeros(K)
    one = torch.eye(K)[0]
    some = [one, uniform, zero, zero, one]
    for targets, share in (([uniform] * 5, 1), (some, 3 / 5)):
        batch = dict(data_samples=samples_of([0, 1, 2, 2, 0]))
        write_targets(batch, torch.stack(targets), smoothing(model, K), mixed=True)
        samples = batch['data_samples']
        want = stock.head._get_loss(stock.head(stock.extract_feat(inputs)), samples)
        got = model.loss(inputs, samples)['loss']
        torch.testing.assert_close(got, want['loss'] / share)
