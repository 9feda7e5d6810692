#!/usr/bin/env bash
# albumentations 2.0.8, torch 2.14.1 (Python 3.11): all workers of a DataLoader augment
# their images in the same way, and in the same way in each epoch, and what is done against it,
# a worker_init_fn that seeds random and numpy.random from torch.initial_seed(), changes
# nothing. A Compose has random generators of its own, made with it, which the documentation
# says to be independent of all others; that each worker gets a copy of them, and each
# epoch the same copies, it does not say. Compose(seed=...) does not help; with
# persistent_workers=True the epochs differ, the workers do not. So an epoch with eight
# workers has an eighth of the random draws that it seems to have. (Workers here are
# forked; a pickled Compose takes its generators along as well.)
# Valid input: one grey image, RandomBrightnessContrast, three workers with four images.
# Seen: the three workers have the same four means, in both epochs; with num_workers=0 all
# means differ.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q albumentations==2.0.8 torch==2.14.1 numpy==2.4.6
cat > "$folder/workers.py" <<'PYTHON'
import random

import albumentations
import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

GREY = np.full((8, 8, 3), 128, np.uint8)


class Pictures(Dataset):
    def __init__(self, **options):
        change = albumentations.RandomBrightnessContrast(p=1)
        self.transform = albumentations.Compose([change], **options)

    def __len__(self):
        return 12

    def __getitem__(self, index):
        return float(self.transform(image=GREY)['image'].mean())


def seed_worker(_):
    seed = torch.initial_seed() % 2**32
    np.random.seed(seed)
    random.seed(seed)


def epochs(name, num_workers=3, seed=None, **options):
    if num_workers:
        options['multiprocessing_context'] = 'fork'
    loader = DataLoader(
        Pictures(seed=seed), batch_size=4, num_workers=num_workers, **options
    )
    seen = [[batch.tolist() for batch in loader] for _ in range(2)]
    print(name)
    for epoch in seen:
        print('  ', *([round(x) for x in worker] for worker in epoch))
    return seen


if __name__ == '__main__':
    torch.manual_seed(0)
    for first, second in (
        epochs('three workers'),
        epochs('three workers, seeded', worker_init_fn=seed_worker),
        epochs('three workers, Compose(seed=1)', seed=1, worker_init_fn=seed_worker),
    ):
        assert first[0] == first[1] == first[2] == second[0], 'workers differ now'
    first, second = epochs('three workers, persistent', persistent_workers=True)
    assert first[0] == first[1] == first[2] != second[0]
    first, second = epochs('no workers', num_workers=0)
    assert first[0] != first[1] != first[2] != second[0]
    print('as stated: each worker draws the same')
PYTHON
NO_ALBUMENTATIONS_UPDATE=1 "$folder/env/bin/python" -W ignore "$folder/workers.py"
