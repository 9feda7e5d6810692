"""The configs for one's own images train on a folder of class folders as it is."""

from pathlib import Path

import numpy as np
import pytest
import torch
from mmpretrain import ImageClassificationInferencer
from PIL import Image
from tool_runs import print_of_tool

from nl_plugins.formats.label_file import read_label_file

FOLDER = Path(__file__).parents[1] / 'configs/own_images'
CLASSES = ('dark', 'grey', 'light')
PER_CLASS = 10
# quick: an epoch of small images, in which each method does what it does later
SMALL = [
    'train_cfg.max_epochs=1',
    'train_dataloader.num_workers=0',
    'train_dataloader.batch_size=8',
    'val_dataloader.num_workers=0',
    'val_dataloader.dataset.dataset.pipeline.1.scale=40',
    'val_dataloader.dataset.dataset.pipeline.2.crop_size=32',
]
CROP = 'train_dataloader.dataset.dataset.pipeline.1'
MORE = dict(
    baseline=[f'{CROP}.scale=32'],
    recommended=[f'{CROP}.scale=32'],
    smp=[f'{CROP}.scale=32', 'custom_hooks.0.start_epoch=1'],
    two_stage=[
        f'{CROP}.transforms.0.0.scale=32',
        'model.start_epoch=1',
        'custom_hooks.1.start_epoch=1',
        'custom_hooks.2.epoch=1',
    ],
)


@pytest.fixture(scope='module')
def images(tmp_path_factory):
    """Ten noisy images of each of three shades of grey."""
    root, rng = tmp_path_factory.mktemp('my images'), np.random.default_rng(0)
    for shade, name in zip((60, 120, 180), CLASSES):
        (root / name).mkdir()
        for i in range(PER_CLASS):
            pixels = rng.integers(shade, shade + 60, (20, 24, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(root / name / f'{i}.png')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('NL_IMAGES', str(root))
        yield root


@pytest.mark.parametrize('path', sorted(FOLDER.glob('*.py')), ids=lambda p: p.stem)
def test_an_epoch_on_a_folder(path, images, tmp_path):
    options = SMALL + MORE[path.stem]
    told = print_of_tool(
        'train', path, '--work-dir', tmp_path, '--cfg-options', *options
    )
    saved = torch.load(tmp_path / 'epoch_1.pth', weights_only=True)
    assert saved['meta']['dataset_meta']['classes'] == CLASSES
    assert 'accuracy/top1' in told
    assert f"ImageClassificationInferencer('{tmp_path}/model.py'" in told
    model = str(tmp_path / 'model.py'), str(tmp_path / 'model.pth')
    classify = ImageClassificationInferencer(*model, device='cpu')
    (found,) = classify(str(images / 'dark' / '0.png'))
    assert found['pred_class'] in CLASSES
    if path.stem != 'baseline':
        file = read_label_file(tmp_path / 'cleaned_labels.csv')
        assert len(file) == 27
