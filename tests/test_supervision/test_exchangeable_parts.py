"""What another hook exchanges in the middle of a training is used, or refused."""

import pytest
import torch
from mmengine.dataset import Compose
from mmengine.hooks import Hook
from mmengine.runner import Runner
from mmpretrain.registry import DATASETS, HOOKS, MODELS
from toy import NUM_CLASSES, PIPELINE, build, hook_of, loader, tiny_model, toy

from nl_plugins.datasets.samplers.labeled_unlabeled_sampler import (
    LabeledUnlabeledSampler,
)
from nl_plugins.supervision.exchangeable_parts import exchangeable_parts
from nl_plugins.supervision.supervision_hook import SupervisionHook

MIXUP = dict(augments=[dict(type='Mixup', alpha=1.0)])
SIGMOID = dict(type='CrossEntropyLoss', use_sigmoid=True)
SMOOTH = dict(type='LabelSmoothLoss', label_smooth_val=0.3, mode='original')
FLIP = dict(type='RandomFlip', prob=0.5)
QUIET = dict(default_hooks=dict(checkpoint=None))
NO_INDEX = [dict(type='PackInputs', meta_keys=('img_shape',))]


@HOOKS.register_module()
class Weigh(SupervisionHook):
    """Gives all samples one weight; notes the targets that the loss gets, and costs."""

    def __init__(self, weight=1.0, **kwargs):
        super().__init__(label_file=None, **kwargs)
        self.weight, self.seen, self.costs = weight, [], []

    def estimate(self, runner):
        pass

    def observe(self, batch):
        pass

    def transform(self, targets, rows):
        return self.weight * targets

    def after_train_iter(self, runner, batch_idx, data_batch=None, outputs=None):
        super().after_train_iter(runner, batch_idx, data_batch, outputs)
        self.costs.append((runner.epoch, float(outputs['loss'])))
        if self.supervises:
            scores = [sample.gt_score for sample in self.batch]
            self.seen.append((runner.epoch, torch.stack(scores)))

    def before_train(self, runner):
        super().before_train(runner)
        runner.model.register_forward_pre_hook(self.note, with_kwargs=True)

    def note(self, model, args, kwargs):
        if kwargs.get('mode') == 'loss':
            self.batch = kwargs['data_samples']


@HOOKS.register_module()
class Exchange(Hook):
    """Calls a function of the runner before the second epoch."""

    def __init__(self, change):
        self.change = change

    def before_train_epoch(self, runner):
        if runner.epoch == 1:
            self.change(runner)


def switch(**recipe):
    schedule = [dict(action_epoch=2, **recipe)]
    return dict(type='SwitchRecipeHook', schedule=schedule)


def train(tmp_path, *hooks, model=None, **changes):
    runner = build(tmp_path, list(hooks), model, **{**QUIET, **changes})
    runner.train()
    return runner


def exchange(tmp_path, change, hook=None, **changes):
    """A run in whose second epoch ``change`` was called."""
    runner = build(tmp_path, [hook or dict(type='Weigh')], **{**QUIET, **changes})
    runner.register_hook(Exchange(change))
    runner.train()
    return runner


@pytest.mark.parametrize('first', [True, False])
@pytest.mark.parametrize('loss', [SIGMOID, SMOOTH])
def test_no_weight_is_no_loss_after_a_switch(tmp_path, loss, first):
    hooks = [dict(type='Weigh', weight=0.0), switch(loss=loss)]
    runner = train(tmp_path, *(hooks if first else hooks[::-1]))
    costs = dict(hook_of(runner, Weigh).costs)
    assert costs.keys() == {0, 1}
    assert costs[1] == pytest.approx(costs[0], abs=1e-6) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize('loss', [SIGMOID, SMOOTH])
def test_half_the_weight_is_half_the_loss_after_a_switch(tmp_path, loss):
    losses = []
    for weight in (1.0, 0.5):
        hooks = dict(type='Weigh', weight=weight), switch(loss=loss)
        still = dict(optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.0)))
        runner = train(tmp_path / str(weight), *hooks, **still)
        losses.append([cost for _, cost in hook_of(runner, Weigh).costs])
    assert losses[1] == pytest.approx([each / 2 for each in losses[0]], rel=1e-4)


@pytest.mark.parametrize('first', [True, False])
def test_targets_are_mixed_while_images_are(tmp_path, first):
    on, off = switch(batch_augments=MIXUP), switch(batch_augments=None)
    for number, (recipe, train_cfg) in enumerate([(on, None), (off, MIXUP)]):
        model = dict(tiny_model(), train_cfg=train_cfg)
        hooks = [dict(type='Weigh'), recipe]
        folder = tmp_path / str(number)
        runner = train(folder, *(hooks if first else hooks[::-1]), model=model)
        for epoch, targets in hook_of(runner, Weigh).seen:
            assert torch.allclose(targets.sum(1), torch.ones(len(targets)))
            mixed = bool((targets.amax(1) < 1).any())
            assert mixed == (epoch == 1 - number)


@pytest.mark.parametrize('first', [True, False])
def test_a_run_resumed_after_the_switch_goes_on_exactly(tmp_path, first):
    hooks = [
        dict(type='Weigh', weight=0.5),
        switch(loss=SMOOTH, batch_augments=MIXUP, train_pipeline=[FLIP, *PIPELINE]),
    ]
    hooks = [*(hooks if first else hooks[::-1]), dict(type='StepSeedHook')]
    settings = dict(train_cfg=dict(by_epoch=True, max_epochs=4, val_interval=100))
    whole = build(tmp_path / 'a', hooks, **settings)
    whole.train()
    last = dict(resume=True, load_from=str(tmp_path / 'a' / 'epoch_2.pth'))
    resumed = build(tmp_path / 'b', hooks, **settings, **last)
    resumed.train()
    costs = [cost for cost in hook_of(whole, Weigh).costs if cost[0] >= 2]
    assert hook_of(resumed, Weigh).costs == costs
    want = whole.model.state_dict()
    for name, value in resumed.model.state_dict().items():
        assert torch.equal(value, want[name]), name


@pytest.mark.parametrize(
    ('recipe', 'match'),
    [
        (dict(loss=dict(type='FocalLoss')), 'FocalLoss is not linear'),
        (dict(train_pipeline=NO_INDEX), 'drops `sample_idx`'),
        (dict(batch_augments=MIXUP), 'online estimates need'),
    ],
)
def test_what_cannot_work_later_is_told_at_the_start(tmp_path, recipe, match):
    hook = dict(type='Weigh', online=True, start_epoch=2)
    runner = build(tmp_path, [hook, switch(**recipe)], **QUIET)
    with pytest.raises(ValueError, match=match):
        runner.train()
    assert runner.iter == 0


def test_views_are_not_mixed_later(tmp_path):
    model = dict(tiny_model(), type='NoisyLabelClassifier')
    hooks = [dict(type='Weigh'), switch(batch_augments=MIXUP)]
    runner = build(tmp_path / 'a', hooks, model, **QUIET)
    with pytest.raises(ValueError, match='images must not be mixed'):
        runner.train()
    assert runner.iter == 0
    runner = build(tmp_path / 'b', hooks[1:], model, **QUIET)  # and without a hook
    with pytest.raises(ValueError, match='schedule of SwitchRecipeHook'):
        runner.train()
    assert runner.epoch == 1


def put_loss(runner):
    runner.model.head.loss_module = MODELS.build(dict(type='FocalLoss'))


def put_pipeline(runner):
    runner.train_dataloader.dataset.pipeline = Compose(NO_INDEX)


def put_data(runner):
    other = loader(toy(seed=1, num_samples=33))
    runner.train_loop.dataloader = Runner.build_dataloader(other)


def put_model(runner):
    runner.model = MODELS.build(tiny_model())


def put_batches(runner):
    other = loader(toy(), batch_size=29)
    runner.train_loop.dataloader = Runner.build_dataloader(other)


@pytest.mark.parametrize(
    ('change', 'match'),
    [
        (put_loss, 'FocalLoss is not linear'),
        (put_pipeline, '`meta_keys` of PackInputs'),
        (put_data, '33 other samples or labels .* of the 30 '),
        (put_model, 'another ImageClassifier in the place of `runner.model`'),
    ],
)
def test_an_exchange_that_cannot_work_is_refused(tmp_path, change, match):
    with pytest.raises(ValueError, match=match):
        exchange(tmp_path, change)


def test_another_last_batch_is_looked_at(tmp_path):
    class Vectors(torch.nn.BatchNorm1d):
        def forward(self, feats):
            return (super().forward(feats[0]),)

    runner = build(tmp_path, [dict(type='Weigh')], **QUIET)
    runner.model.backbone = torch.nn.Sequential(runner.model.backbone, Vectors(8))
    runner.register_hook(Exchange(put_batches))
    with pytest.raises(ValueError, match='30 samples in batches of 29'):
        runner.train()
    assert runner.epoch == 1


def test_the_same_samples_in_another_loader_go_on(tmp_path):
    def larger(runner):
        other = loader(toy(pipeline=[FLIP, *PIPELINE]), batch_size=15)
        runner.train_loop.dataloader = Runner.build_dataloader(other)

    seen = hook_of(exchange(tmp_path, larger), Weigh).seen
    assert [len(targets) for _, targets in seen] == [8, 8, 8, 6, 15, 15]


def test_another_preprocessor_gets_the_targets(tmp_path):
    def replace(runner):
        preprocessor = tiny_model()['data_preprocessor']
        other = MODELS.build(dict(preprocessor, type='ClsDataPreprocessor'))
        runner.model.data_preprocessor = other

    runner = exchange(tmp_path, replace, dict(type='Weigh', weight=0.0))
    assert {cost for _, cost in hook_of(runner, Weigh).costs} == {0.0}


def test_another_head_gives_the_online_features(tmp_path):
    rounds = [[]]

    class Seeing(Weigh):
        def observe(self, batch):
            rounds[-1].append(batch.probs)

        def estimate(self, runner):
            self.source.run(runner.model)
            rounds.append([])

    def replace(runner):
        runner.model.head = MODELS.build(tiny_model()['head'])
        with torch.no_grad():
            for parameter in runner.model.head.parameters():
                parameter.zero_()

    hook = Seeing(online=True, start_epoch=2)
    exchange(tmp_path, replace, hook)
    before, after = (torch.cat(probs) for probs in rounds[:2])
    assert len(before) == len(after) == 30
    assert not torch.allclose(before, torch.full((30, NUM_CLASSES), 1 / 3))
    assert torch.allclose(after, torch.full((30, NUM_CLASSES), 1 / 3))


def test_another_sampler_gets_the_selection(tmp_path):
    def replace(runner):
        old = runner.train_dataloader
        sampler = LabeledUnlabeledSampler(old.dataset, seed=0)
        samplers.append(sampler)
        runner.train_loop.dataloader = torch.utils.data.DataLoader(
            old.dataset, 8, sampler=sampler, collate_fn=old.collate_fn
        )

    samplers = []
    hook = dict(type='LabelSelectionHook', start_epoch=1, threshold=0.0)
    hook['pipeline'] = PIPELINE
    runner = exchange(tmp_path, replace, hook)
    table = next(h for h in runner.hooks if hasattr(h, 'clean_set')).table
    assert 0 < int(table.selected.sum()) < 30
    assert len(samplers[0]) == 2 * int(table.selected.sum())


def test_the_walk_follows_the_pipeline_of_the_validation(tmp_path):
    def replace(runner):
        half = [dict(type='Resize', scale=16), *PIPELINE]
        runner.val_dataloader.dataset.pipeline = Compose(half)

    runner = exchange(tmp_path, replace)
    walk = hook_of(runner, Weigh).walk
    assert walk.image(0).shape == (3, 16, 16)
    assert walk._cache == []


def test_parts_are_the_same_until_something_is_exchanged(tmp_path):
    runner = build(tmp_path, [], **QUIET)
    runner._train_loop = runner.build_train_loop(runner._train_loop)
    runner._val_loop = runner.build_val_loop(runner._val_loop)
    parts = exchangeable_parts(runner, runner.model)
    assert parts == exchangeable_parts(runner, runner.model)
    transforms = runner.train_dataloader.dataset.pipeline.transforms
    transforms.insert(0, Compose([]))
    assert parts != exchangeable_parts(runner, runner.model)


def test_in_memory_serves_by_the_pipeline_of_the_moment():
    digits = dict(type='Digits', pipeline=PIPELINE)
    data = DATASETS.build(dict(type='InMemory', dataset=digits))
    whole = data.__getitems__([0])[0]['inputs']
    data.pipeline = Compose([dict(type='RandomCrop', crop_size=4), *PIPELINE])
    assert data.batches is not None
    assert data.__getitems__([0])[0]['inputs'].shape == (1, 4, 4)
    assert data[0]['inputs'].shape == (1, 4, 4)
    data.pipeline.transforms[0:1] = Compose([dict(type='Resize', scale=16)]).transforms
    assert data.batches is None
    assert data.__getitems__([0])[0]['inputs'].shape[-2:] == (16, 16)
    data.pipeline.transforms[0:1] = []
    assert torch.equal(data.__getitems__([0])[0]['inputs'], whole)
