"""Any hook with a table draws what it knows, and without one the network is asked."""

import pytest
import torch
from cleannet_toy import cleannet_hook
from toy import build, loader, toy

from nl_plugins.supervision import pictures
from nl_plugins.supervision.sample_hook import plain_model
from nl_plugins.supervision.table_hook import TableHook

HOOKS = dict(
    smp=dict(type='SMPHook', start_epoch=2, holdout_fraction=0.0),
    cleannet=cleannet_hook(),
    two_stage=dict(type='LabelSelectionHook', start_epoch=2, threshold=0.0),
    sinet=dict(type='SINetHook', graph=None, start_epoch=2),
)


@pytest.mark.parametrize('method', HOOKS)
def test_each_method_draws_the_most_suspicious_images(tmp_path, monkeypatch, method):
    drawn = []
    plot = pictures.plot_suspicious_images
    monkeypatch.setattr(
        pictures,
        'plot_suspicious_images',
        lambda *a, **k: drawn.append(a) or plot(*a, **k),
    )
    data = loader(toy(verified=True, num_samples=60))
    runner = build(
        tmp_path,
        [HOOKS[method]],
        train_dataloader=data,
        default_hooks=dict(checkpoint=None),
    )
    runner.train()
    hook = next(hook for hook in runner.hooks if isinstance(hook, TableHook))
    paths = hook.draw(runner, tmp_path / 'report', count=5)
    assert str(tmp_path / 'report' / 'suspicious_images.png') in paths
    (args,) = drawn
    lowest = hook.table.scores.sort(stable=True)
    assert args[4] == lowest.values[:5].tolist()
    assert args[2] == hook.table.given_labels[lowest.indices[:5]].tolist()


def test_plain_cross_entropy_shows_what_the_network_predicts(tmp_path):
    runner = build(tmp_path, [], default_hooks=dict(checkpoint=None))
    hook = TableHook(label_file=None)
    runner.register_hook(hook)
    runner.train()
    assert hook.table.scores.eq(1).all()
    (path,) = hook.draw(runner, tmp_path)
    assert path == str(tmp_path / 'suspicious_images.png')
    given = hook.table.given_labels
    for batch in hook.walk(plain_model(runner)):
        own = batch.probs[torch.arange(len(batch.rows)), given[batch.rows].long()]
        assert torch.equal(hook.table.scores[batch.rows], own)
        suggested = hook.table.suggested_labels[batch.rows]
        assert suggested.tolist() == batch.probs.argmax(dim=1).tolist()
