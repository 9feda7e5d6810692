import numpy as np
import torch
from mmpretrain.registry import TRANSFORMS

from nl_plugins.datasets.releases.digits import Digits


def test_the_label_says_how_the_image_was_turned():
    rotate = TRANSFORMS.build(dict(type='RotateAsLabel'))
    image = np.arange(18, dtype=np.uint8).reshape(3, 3, 2)
    np.random.seed(0)
    seen = set()
    for _ in range(40):
        results = rotate(dict(img=image, gt_label=7, sample_idx=3))
        turns = results['gt_label']
        seen.add(turns)
        assert np.array_equal(np.rot90(results['img'], -turns), image)
        assert results['sample_idx'] == 3
        assert results['img'].flags['C_CONTIGUOUS']
    assert seen == {0, 1, 2, 3}


def test_in_a_pipeline():
    pipeline = [dict(type='RotateAsLabel'), dict(type='PackInputs')]
    dataset = Digits(pipeline=pipeline)
    data = dataset[0]
    assert data['inputs'].shape == (1, 8, 8)
    original = torch.from_numpy(dataset.get_data_info(0)['img']).permute(2, 0, 1)
    turns = int(data['data_samples'].gt_label)
    assert torch.equal(torch.rot90(original, turns, (1, 2)), data['inputs'])
