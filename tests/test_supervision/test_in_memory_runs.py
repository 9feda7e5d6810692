"""Runs on images in memory end where runs on the plain data set do."""

import pytest
import torch
from mmpretrain.registry import DATASETS, MODELS
from states import assert_same
from toy import PIPELINE, build, hook_of, loader, tiny_model, toy

from nl_plugins.datasets.in_memory.in_memory import InMemory
from nl_plugins.methods.smp.smp_hook import SMPHook
from nl_plugins.supervision.start_checks import walk_pipeline
from nl_plugins.supervision.walk import Walk

AUGMENTED = [
    dict(type='RandomCrop', crop_size=32, padding=4),
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    *PIPELINE,
]
HOOK = dict(
    type='SMPHook',
    start_epoch=2,
    alpha=0.6,
    num_prototypes=2,
    candidate_fraction=0.5,
    holdout_fraction=0.2,
)


def in_memory(**kwargs):
    return dict(type='InMemory', dataset=toy(**kwargs))


def trained(work_dir, train_set, val_set, workers=0, epochs=4, **changes):
    """Weights and table at the end of a run."""
    settings = dict(
        train_cfg=dict(by_epoch=True, max_epochs=epochs, val_interval=2),
        train_dataloader=loader(
            train_set, num_workers=workers, collate_fn=dict(type='default_collate')
        ),
        val_dataloader=loader(
            val_set, sampler=dict(type='DefaultSampler', shuffle=False)
        ),
    )
    runner = build(work_dir, [dict(HOOK)], **settings, **changes)
    runner.train()
    weights = {key: w.clone() for key, w in runner.model.state_dict().items()}
    return weights, hook_of(runner, SMPHook).state_dict()


def test_smp_ends_bit_for_bit_where_it_does_on_the_plain_dataset(tmp_path):
    plain = trained(tmp_path / 'plain', toy(), toy(test_mode=True))
    fast = trained(tmp_path / 'fast', in_memory(), in_memory(test_mode=True))
    assert_same(fast[0], plain[0])
    assert_same(fast[1], plain[1])
    assert fast[1]['active']


def test_a_resumed_run_ends_where_an_uninterrupted_one_does(tmp_path):
    sets = in_memory(), toy(test_mode=True)
    whole = trained(tmp_path / 'whole', *sets)
    checkpoint = str(tmp_path / 'whole' / 'epoch_2.pth')
    resumed = trained(tmp_path / 'again', *sets, load_from=checkpoint, resume=True)
    assert_same(resumed[0], whole[0])
    assert_same(resumed[1], whole[1])


@pytest.mark.parametrize('workers', [0, 2])
def test_augmentation_follows_the_seed(workers, tmp_path):
    sets = in_memory(pipeline=AUGMENTED), toy(test_mode=True)
    runs = [
        trained(tmp_path / str(run), *sets, workers, 2, randomness=dict(seed=seed))[0]
        for run, seed in enumerate((0, 0, 1))
    ]
    assert_same(runs[0], runs[1])
    key = 'backbone.layers.0.weight'
    assert not torch.equal(runs[0][key], runs[2][key])


def walked(dataset, pipeline, workers=0):
    model = MODELS.build(tiny_model())
    torch.manual_seed(0)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    walk = Walk(dataset, pipeline, batch_size=8, num_workers=workers)
    assert len(walk.probe(model).rows) == 1
    batches = list(walk(model))
    return (torch.cat(column) for column in zip(*batches))


@pytest.mark.parametrize('workers', [0, 2])
def test_a_walk_uses_the_images_in_memory(workers, tmp_path, monkeypatch):
    runner = build(tmp_path, [], val_dataloader=loader(in_memory(test_mode=True)))
    pipeline = walk_pipeline(runner, None)
    want = walked(DATASETS.build(toy(pipeline=AUGMENTED)), pipeline, workers)
    dataset = DATASETS.build(in_memory(pipeline=AUGMENTED))

    def read_again(self, idx):
        raise AssertionError(f'the annotation of sample {idx} is read again')

    monkeypatch.setattr(InMemory, 'get_data_info', read_again)
    for got, value in zip(walked(dataset, pipeline, workers), want, strict=True):
        assert torch.equal(got, value)


def test_a_walk_says_which_sample_it_cannot_use():
    dataset = DATASETS.build(in_memory())
    views = dict(type='MultiView', num_views=2, transforms=[[]])
    several = DATASETS.build(toy(pipeline=[views, *PIPELINE])).pipeline
    with pytest.raises(ValueError, match='makes a list of sample 0'):
        walked(dataset, several)

    def broken(results):
        if results['sample_idx'] == 17:
            raise RuntimeError('broken')
        return dataset.pipeline(results)

    with pytest.raises(RuntimeError, match='fails on sample 17'):
        walked(dataset, broken)
