"""A noise layer's checkpoint serves stock MMPretrain as an ordinary classifier."""

import torch
from mmengine.runner import CheckpointLoader
from mmpretrain.registry import MODELS
from noise_layer_toy import clean_and_noisy, noise_layer_model
from stock import STOCK_MODEL, assert_predicts_in_stock
from toy import build


def test_checkpoint_predicts_in_a_process_without_this_package(tmp_path):
    network = {key: STOCK_MODEL[key] for key in ('backbone', 'neck', 'head')}
    types = dict(network, head=dict(network['head'], num_classes=3))
    checkpoints = dict(
        type='CheckpointHook',
        interval=1,
        save_best='accuracy/top1',
        published_keys=['meta', 'state_dict'],
    )
    runner = build(
        tmp_path,
        [dict(type='NoiseLayerHook', phases=dict(joint=1))],
        noise_layer_model(**network, type_network=types),
        train_dataloader=clean_and_noisy(),
        train_cfg=dict(by_epoch=True, max_epochs=1, val_interval=1),
        default_hooks=dict(checkpoint=checkpoints),
    )
    runner.train()
    (published,) = tmp_path.glob('best_*-*.pth')
    others = ('type_network.', 'noise_layer.')
    for checkpoint, full in ((published, False), (tmp_path / 'epoch_1.pth', True)):
        # not strict, as stock tools call it
        assert_predicts_in_stock(runner.model, checkpoint, full, strict=False)
        state = CheckpointLoader.load_checkpoint(str(checkpoint), 'cpu')['state_dict']
        found = MODELS.build(STOCK_MODEL).load_state_dict(state, strict=False)
        assert not found.missing_keys
        assert found.unexpected_keys
        assert all(key.startswith(others) for key in found.unexpected_keys)


def test_an_ordinary_checkpoint_starts_the_noise_layer(tmp_path):
    """The paper's rows 5 and 6 start from model 2."""
    ordinary = build(tmp_path / 'ordinary', [], train_dataloader=clean_and_noisy())
    ordinary.train()
    runner = build(
        tmp_path / 'layer',
        [dict(type='NoiseLayerHook', phases=dict(types=1))],
        noise_layer_model(),
        train_dataloader=clean_and_noisy(),
        load_from=str(tmp_path / 'ordinary' / 'epoch_2.pth'),
    )
    runner.train()
    trained = runner.model.state_dict()
    for name, value in ordinary.model.state_dict().items():
        assert torch.equal(trained[name], value), name
