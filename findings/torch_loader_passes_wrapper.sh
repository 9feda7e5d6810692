#!/usr/bin/env bash
# torch 2.14.1 (Python 3.11): a wrapper that corrects labels has the corrected labels when
# one looks at it, and its DataLoader the old ones. DataLoader asks for a whole batch at
# once, by __getitems__, wherever the dataset has this method, and Subset has it (so has
# Dataset of the library datasets): a wrapper that hands on unknown attributes to what it
# wraps, so that `classes` and the like can still be read, hands on __getitems__ as well,
# and its __getitem__ is never called. Around a plain dataset the same wrapper works, and
# around random_split of it, it does not. (A subclass of Subset is refused.)
# Valid input: a wrapper with __len__, __getitem__ and __getattr__, and a DataLoader.
# Seen: wrapper[0] has label 1; batches around the dataset [1, 1, 1, 1], around a Subset
# [0, 0, 0, 0], around a Subset with batch_size=None 1.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q torch==2.14.1 numpy==2.4.6
cat > "$folder/wrapper.py" <<'PYTHON'
import torch
from torch.utils.data import DataLoader, Dataset, Subset, TensorDataset


class Corrected(Dataset):
    """All labels are 1, whatever the dataset says."""

    def __init__(self, dataset):
        self.dataset = dataset

    def __len__(self):
        return len(self.dataset)

    def __getitem__(self, index):
        picture, _ = self.dataset[index]
        return picture, 1

    def __getattr__(self, name):
        return getattr(self.__dict__['dataset'], name)


def labels(dataset, batch_size):
    _, batch = next(iter(DataLoader(dataset, batch_size=batch_size)))
    return torch.as_tensor(batch).tolist()


plain = TensorDataset(torch.zeros(4, 3), torch.zeros(4, dtype=torch.long))
around_plain = Corrected(plain)
around_subset = Corrected(Subset(plain, [0, 1, 2, 3]))
print('label of sample 0:', around_plain[0][1], around_subset[0][1])
print('batch around the dataset:', labels(around_plain, 4))
print('batch around a Subset:   ', labels(around_subset, 4))
print('around a Subset, one by one:', labels(around_subset, None))
assert around_plain[0][1] == around_subset[0][1] == 1
assert labels(around_plain, 4) == [1, 1, 1, 1]
assert labels(around_subset, 4) == [0, 0, 0, 0], 'the wrapper is asked now'
assert labels(around_subset, None) == 1
print('as stated: a batch goes past the wrapper')
PYTHON
"$folder/env/bin/python" "$folder/wrapper.py"
