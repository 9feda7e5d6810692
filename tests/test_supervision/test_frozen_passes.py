"""Of a network of which only the head is trained, the body runs once."""

import pytest
import torch
from mmengine.dataset import Compose
from mmengine.registry import init_default_scope
from mmpretrain.registry import DATASETS, MODELS
from toy import PIPELINE, build, hook_of, tiny_model, toy

from nl_plugins.methods.smp.smp_hook import SMPHook
from nl_plugins.supervision.walk import Walk


@pytest.fixture(autouse=True)
def scope():
    init_default_scope('mmpretrain')


@pytest.fixture
def model():
    torch.manual_seed(0)
    return freeze(MODELS.build(tiny_model()))


def freeze(model):
    for parameter in model.backbone.parameters():
        parameter.requires_grad_(False)
    return model


def walk(**settings):
    dataset = DATASETS.build(toy())
    return Walk(dataset, Compose(PIPELINE), batch_size=29, **settings)


def passes(model) -> list:
    """Counts the images that go through the backbone."""
    seen: list[int] = []
    model.backbone.register_forward_hook(lambda m, x, y: seen.append(len(x[0])))
    return seen


def columns(walked):
    return [torch.cat(parts) for parts in zip(*walked)]


def assert_same(got, want):
    for a, b in zip(columns(got), columns(want), strict=True):
        assert torch.equal(a, b)


def test_only_the_head_runs_again(model):
    kept, seen = walk(), passes(model)
    first = [*kept(model)]
    assert sum(seen) == 31  # the last image alone counts twice
    assert not kept._cache  # no images beside
    with torch.no_grad():
        model.head.fc.weight.mul_(-2)
    again = [*kept(model)]
    assert sum(seen) == 31
    assert_same(again, walk(cache_limit=0)(model))
    assert torch.equal(columns(again)[1], columns(first)[1])
    assert not torch.equal(columns(again)[2], columns(first)[2])


def test_a_network_that_changed_is_walked_again(model):
    kept, seen = walk(), passes(model)
    changes = (
        lambda: model.backbone.layers[1].running_mean.add_(1),
        lambda: model.backbone.layers[0].weight.data.mul_(1.5),
    )
    for change in changes:
        [*kept(model)]
        change()
        seen.clear()
        assert_same(kept(model), walk(cache_limit=0)(model))
        assert len(seen) == 4
        assert_same(kept(model), walk(cache_limit=0)(model))
        assert len(seen) == 6


def test_when_nothing_is_kept(model):
    small, none, layer = walk(cache_limit=500), walk(cache_limit=0), walk()
    for each in (small, none):
        seen = passes(model)
        assert_same(each(model), each(model))
        assert len(seen) == 4
    layer.feature_layer = 'backbone.layers.1'  # within the body
    seen = passes(model)
    assert_same(layer(model), layer(model))
    assert len(seen) == 4
    model.backbone.layers[1].bias.requires_grad_(True)
    seen, kept = passes(model), walk()
    [*kept(model)], [*kept(model)]
    assert len(seen) == 4
    assert kept._cache  # but the images


def test_gradients_are_as_they_were_between_the_batches(model):
    for kept in (walk(), walk(cache_limit=0)):
        for _ in range(2):
            for batch in kept(model):
                assert torch.is_grad_enabled()
                assert not batch.features.requires_grad


def test_a_look_at_one_image_or_some_keeps_what_is_kept(model):
    kept = walk()
    [*kept(model)]
    seen = passes(model)
    kept.probe(model)
    assert [batch.rows.tolist() for batch in kept(model, [7, 3])] == [[7, 3]]
    assert seen == [2, 2]
    [*kept(model)]
    assert seen == [2, 2]


@pytest.mark.parametrize('counting', [True, False])
def test_a_run_is_the_same_bit_for_bit(tmp_path, counting):
    """Where batch norm counts while the head trains, each epoch has other features."""
    states = []
    for limit in (0, 1 << 30):
        hook = dict(type='SMPHook', start_epoch=2, cache_limit=limit)
        changes = dict(train_cfg=dict(by_epoch=True, max_epochs=5, val_interval=100))
        runner = build(tmp_path / str(limit), [hook], **changes)
        body = freeze(runner.model).backbone
        if not counting:
            body.eval().train = lambda mode=True, body=body: body
        seen = passes(runner.model)
        runner.train()
        table = hook_of(runner, SMPHook).table
        states.append((len(seen), runner.model.state_dict(), table.state_dict()))
    (walked, *first), (fewer, *second) = states
    assert str(first) == str(second)
    assert walked - fewer == (0 if counting else 3 * 4)


def test_another_pipeline_runs_the_body_again(model):
    kept = walk()
    first = torch.cat([batch.features for batch in kept(model)])
    darken = dict(type='Brightness', magnitude=0.5, prob=1.0, random_negative_prob=1.0)
    darker = Compose([darken, *PIPELINE])
    kept.use(darker)
    again = torch.cat([batch.features for batch in kept(model)])
    fresh = Walk(DATASETS.build(toy()), darker, batch_size=29)
    assert torch.equal(again, torch.cat([batch.features for batch in fresh(model)]))
    assert not torch.equal(again, first)
