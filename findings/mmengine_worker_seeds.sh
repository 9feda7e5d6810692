#!/usr/bin/env bash
# MMEngine 0.10.7, torch 2.11.0, NumPy 2.4.6 (Python 3.11): a dataloader built by
# `Runner.build_dataloader` with worker processes draws the same random numbers in every
# epoch, so an image is augmented in the same way each time. Its worker_init_fn seeds a
# worker from (seed, rank, worker) alone, and without persistent_workers=True the workers
# are started again for each epoch. With persistent_workers=True the epochs differ.
# Valid input: a map-style dataset whose samples are one number from numpy.random each.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q 'setuptools<81' torch==2.11.0 numpy==2.4.6 mmengine==0.10.7
cat > "$folder/draws.py" <<'PYTHON'
import numpy as np
from mmengine.dataset import pseudo_collate
from mmengine.runner import Runner
from torch.utils.data import Dataset


class Draws(Dataset):
    def __len__(self):
        return 8

    def __getitem__(self, index):
        return float(np.random.rand())


def epochs(persistent):
    loader = Runner.build_dataloader(
        dict(
            dataset=Draws(),
            sampler=dict(type='DefaultSampler', shuffle=False),
            batch_size=4,
            num_workers=2,
            persistent_workers=persistent,
            collate_fn=pseudo_collate,
        ),
        seed=0,
    )
    return [[round(x, 6) for batch in loader for x in batch] for _ in range(3)]


if __name__ == '__main__':
    again, kept = epochs(False), epochs(True)
    print('workers started again in each epoch:', *again, sep='\n  ')
    print('persistent workers:', *kept, sep='\n  ')
    assert again[0] == again[1] == again[2], 'the epochs differ now'
    assert kept[0] != kept[1] != kept[2], 'persistent workers repeat their draws now'
    print('as stated: three equal epochs without persistent_workers, three different with')
PYTHON
"$folder/env/bin/python" "$folder/draws.py"
