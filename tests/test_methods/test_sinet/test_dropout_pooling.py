"""Pooling with dropout: what it drops, and that it is the host's neck otherwise."""

import pytest
import torch
from mmpretrain.models import build_classifier
from mmpretrain.registry import MODELS

from nl_plugins.methods.sinet.dropout_pooling import DropoutPooling


def test_is_average_pooling_in_eval_mode():
    neck = MODELS.build(dict(type='DropoutPooling', ratio=0.25)).eval()
    images = torch.rand(2, 5, 3, 3, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(neck((images,))[0], images.mean(dim=(2, 3)))
    torch.testing.assert_close(neck(images), images.mean(dim=(2, 3)))


def test_drops_a_quarter_and_keeps_the_mean():
    torch.manual_seed(0)
    pooled = DropoutPooling()(torch.ones(8, 10_000, 1, 1))
    assert float((pooled == 0).float().mean()) == pytest.approx(0.25, abs=0.01)
    assert float(pooled.mean()) == pytest.approx(1, abs=0.01)
    with pytest.raises(ValueError, match=r'ratio must lie in \[0, 1\)'):
        DropoutPooling(1.0)


def test_its_checkpoints_load_with_plain_pooling():
    def state(neck):
        model = dict(
            type='ImageClassifier',
            backbone=dict(type='LeNet5'),
            neck=dict(type=neck),
            head=dict(type='LinearClsHead', num_classes=3, in_channels=120),
        )
        return build_classifier(model).state_dict().keys()

    assert state('DropoutPooling') == state('GlobalAveragePooling')
