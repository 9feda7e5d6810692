"""The model that a training leaves, in a process that does not import this package."""

import pytest
import torch
from mmengine.config import Config
from stock import STOCK_MODEL, predict_in_stock
from toy import build, loader, toy

from nl_plugins.running.plain_classifier import plain_config, write_plain_classifier

PI = dict(type='PiModelClassifier', noise=dict(type='GaussianNoise'), consistency=None)
CUT = dict(type='Resize', scale=32)


def test_terms_hooks_and_wrapped_test_sets_are_left_out(tmp_path):
    test = toy(num_samples=6)
    folds = dict(type='KFoldDataset', num_splits=2, test_mode=True, dataset=test)
    changes = dict(test_cfg=dict(), test_evaluator=dict(type='Accuracy'))
    runner = build(
        tmp_path,
        [dict(type='LabelSelectionHook', start_epoch=1)],
        dict(STOCK_MODEL, **PI),
        train_dataloader=loader(toy(num_samples=90)),
        test_dataloader=loader(folds),
        train_cfg=dict(by_epoch=True, max_epochs=1),
        **changes,
    )
    runner.train()
    out = tmp_path / 'model.pth'
    config = write_plain_classifier(runner.cfg, str(tmp_path / 'epoch_1.pth'), out)
    cfg = Config.fromfile(config)
    assert cfg.get('custom_imports') is None
    assert 'nl_plugins' not in config.read_text()
    assert cfg.test_dataloader.dataset.pipeline == test['pipeline']
    saved = torch.load(out, weights_only=True)
    assert saved['meta']['dataset_meta']['classes'] == ['red', 'green', 'blue']
    torch.manual_seed(0)
    images = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        logits = runner.model.eval()(images, mode='tensor')
    got = predict_in_stock(str(config), str(out), False, True)
    assert torch.allclose(torch.tensor(got), logits.softmax(1).flatten(), atol=1e-5)


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(test_dataloader=None), 'no test_dataloader'),
        (dict(model=dict(type='CleanNet')), 'CleanNet is no classifier of a backbone'),
    ],
)
def test_what_has_no_plain_model(changes, message):
    data = dict(dataset=dict(type='CustomDataset', pipeline=[CUT]))
    cfg = Config(dict(dict(model=STOCK_MODEL, test_dataloader=data), **changes))
    with pytest.raises(ValueError, match=message):
        plain_config(cfg)


def test_several_test_sets_are_one_pipeline():
    parts = [dict(type='CustomDataset', pipeline=[CUT])] * 2
    tested = dict(dataset=dict(type='ConcatDataset', datasets=parts))
    cfg = plain_config(Config(dict(model=STOCK_MODEL, test_dataloader=tested)))
    assert cfg.test_dataloader.dataset.pipeline == [CUT]
