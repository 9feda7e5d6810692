#!/usr/bin/env bash
# Baal 2.1.0, torch 2.13.0, NumPy 2.4.6 (Python 3.11): after
# ActiveLearningDataset.reset_labelled, "reset the label map", the training set does not
# grow any more. In the second run of a loop over seeds, labels of 5 samples more are
# bought in each round, n_labelled says 5, 10, 15, 20 and the pool shrinks, but what is
# trained on are the first 5, in each round. The list of samples is kept until the
# number of the last round changes, and the reset map is of bool, in which each round
# has the number 1. For the same reason load_state_dict of another run with as many
# rounds leaves the samples of the run before in the data set, if its length was asked
# for once: labelled are 50, 60 and 70, and it holds 0, 1 and 2.
# Valid input: a dataset of 100 samples, labels for 5 in each of four rounds, twice.
# Seen: first run n_labelled and len 5, 10, 15, 20; second run n_labelled 5, 10, 15, 20
# and len 5, 5, 5, 5. (Baal is installed without the libraries for images, text and
# plots that it also needs.)
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q 'setuptools<81' torch==2.13.0 numpy==2.4.6 \
    scikit-learn==1.9.1 scipy==1.17.1 torchmetrics==1.9.0 structlog==26.1.0 \
    h5py==3.16.0 tqdm==4.70.1 pillow==13.0.0
"$folder/env/bin/python" -m pip install -q --no-deps baal==2.1.0
cat > "$folder/reset.py" <<'PYTHON'
import torch
from baal.active.dataset import ActiveLearningDataset
from torch.utils.data import TensorDataset

data = TensorDataset(torch.arange(100), torch.arange(100) % 10)


def rounds(learning):
    counts = []
    for _ in range(4):
        learning.label([0, 1, 2, 3, 4])
        counts.append((int(learning.n_labelled), len(learning)))
    return counts


def held(learning):
    return [int(learning[index][0]) for index in range(len(learning))]


learning = ActiveLearningDataset(data)
first = rounds(learning)
learning.reset_labelled()
assert int(learning.n_labelled) == len(learning) == 0
second = rounds(learning)
print('(labelled, in the data set), first run: ', first)
print('(labelled, in the data set), second run:', second)
print(f'pool {len(learning.pool)}, trained on {held(learning)}')
assert first == [(5, 5), (10, 10), (15, 15), (20, 20)]
assert second == [(5, 5), (10, 5), (15, 5), (20, 5)], 'it grows after a reset now'
assert len(learning.pool) == 80

restored, other = ActiveLearningDataset(data), ActiveLearningDataset(data)
restored.label([0, 1, 2])
assert held(restored) == [0, 1, 2]
other.label([50, 60, 70])
restored.load_state_dict(other.state_dict())
labelled = restored.labelled.nonzero()[0].tolist()
print(f'restored: labelled {labelled}, in the data set {held(restored)}')
assert labelled == [50, 60, 70] and held(restored) == [0, 1, 2]
print('as stated: labels are bought, and not trained on')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/reset.py"
