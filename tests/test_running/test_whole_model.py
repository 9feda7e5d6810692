"""A head on features and the network behind it become one model of images."""

import pytest
import torch
from mmengine.config import Config
from mmengine.dataset import Compose
from mmengine.registry import init_default_scope
from mmpretrain.registry import DATASETS, MODELS
from stock import STOCK_MODEL, predict_in_stock
from toy import PIPELINE, build, loader, toy

from nl_plugins.running.extract_features import extract_features
from nl_plugins.running.load_weights import load_whole
from nl_plugins.running.model_files import build_model
from nl_plugins.running.whole_model import whole_config, whole_model

ORDERED = dict(type='DefaultSampler', shuffle=False)
HEADS = dict(
    linear=dict(type='LinearClsHead', num_classes=3, in_channels=32),
    mlp=dict(
        type='StackedLinearClsHead',
        num_classes=3,
        in_channels=32,
        mid_channels=[8],
        dropout_rate=0.5,
        norm_cfg=dict(type='BN1d'),
    ),
)


@pytest.fixture(autouse=True)
def scope():
    init_default_scope('mmpretrain')


def image_config():
    return Config(
        dict(
            model=STOCK_MODEL,
            data_preprocessor=dict(mean=[100.0] * 3, std=[60.0] * 3),
            test_dataloader=loader(toy(), sampler=ORDERED),
            test_evaluator=dict(type='Accuracy'),
        )
    )


def image_model():
    torch.manual_seed(1)
    return build_model(image_config())


def trained(folder, images, head):
    """A checkpoint of a head trained on features of toy images."""
    file = folder / 'features'
    extract_features(file, images, DATASETS.build(toy()), Compose(PIPELINE))
    features = dict(type='Features', file=str(file))
    backbone = dict(type='FeatureVectors', in_channels=32, standardize=str(file))
    model = dict(
        type='ImageClassifier',
        backbone=dict(backbone, dropout=0.2),
        head=HEADS[head],
        data_preprocessor=dict(num_classes=3),
    )
    runner = build(
        folder / 'work',
        [],
        model,
        train_dataloader=loader(features),
        val_dataloader=loader(features, sampler=ORDERED),
    )
    runner.train()
    return runner


@pytest.mark.parametrize('head', HEADS)
def test_predicts_what_the_two_predict(tmp_path, head):
    images = image_model()
    runner = trained(tmp_path, images, head)
    checkpoint = torch.load(tmp_path / 'work' / 'epoch_2.pth')
    features = runner.model.eval()
    state = whole_model(images, features, checkpoint['meta'])
    path, config = tmp_path / 'whole.pth', tmp_path / 'whole.py'
    torch.save(dict(state_dict=state), path)
    cfg = whole_config(image_config(), runner.cfg)
    assert 'custom_imports' not in whole_config(
        Config(dict(image_config(), test_dataloader=None)), runner.cfg
    )
    assert cfg.data_preprocessor.num_classes == 3
    whole = build_model(cfg)
    load_whole(whole, str(path))
    torch.manual_seed(0)
    inputs = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        want = features(images.extract_feat(inputs)[-1]).softmax(dim=1)
        got = whole(inputs).softmax(dim=1)
    assert torch.allclose(got, want, atol=1e-5)
    config.write_text(f'model = {cfg.model.to_dict()!r}\n')
    stock = predict_in_stock(str(config), str(path), False, True)
    assert torch.allclose(torch.tensor(stock), want.flatten(), atol=1e-5)


def test_never_joins_what_does_not_belong_together(tmp_path):
    images = image_model()
    runner = trained(tmp_path, images, 'mlp')
    meta = torch.load(tmp_path / 'work' / 'epoch_2.pth')['meta']
    features = runner.model.eval()
    with pytest.raises(ValueError, match='was not trained on features'):
        whole_model(images, features, {})
    other = image_model()
    other.backbone.layer1[0].bn1.bias.data += 1
    with pytest.raises(ValueError, match='features of another network'):
        whole_model(other, features, meta)
    other.head = MODELS.build(HEADS['mlp'])
    with pytest.raises(ValueError, match='this has a StackedLinearClsHead'):
        whole_model(other, features, meta)
    features.head.layers[0].fc = torch.nn.Linear(32, 8, bias=False)
    with pytest.raises(ValueError, match='no linear layer with a bias'):
        whole_model(images, features, meta)
    features.head = MODELS.build(
        dict(type='ArcFaceClsHead', num_classes=3, in_channels=32)
    )
    with pytest.raises(ValueError, match='ArcFaceClsHead has no linear'):
        whole_model(images, features, meta)


def test_a_head_that_does_not_begin_with_its_linear_layer(tmp_path):
    class Late(torch.nn.Module):
        """Squares first."""

        def __init__(self):
            super().__init__()
            self.fc = torch.nn.Linear(32, 3)

        def forward(self, feats):
            return self.fc(feats[-1] ** 2)

    images = image_model()
    runner = trained(tmp_path, images, 'linear')
    meta = torch.load(tmp_path / 'work' / 'epoch_2.pth')['meta']
    runner.model.head = Late()
    with pytest.raises(ValueError, match='Late does not begin with a linear layer'):
        whole_model(images, runner.model, meta)
