#!/usr/bin/env bash
# torchsampler 0.1.2, torch 2.14.1, torchvision 0.29.1 (Python 3.11):
# ImbalancedDatasetSampler, which is to draw rare classes more often, does not do so if
# the training split was shuffled. For a part of the data set it takes indices and their
# labels. It sorts the labels by index, makes the weights from them, and then draws
# places in the *unsorted* list of indices with them: each sample has the weight of
# another. So as many of the rare class are drawn as there are, and some samples, nearly
# all of the frequent class, ten times as often as others. With the same indices in
# order the classes are equal. A random split, as of random_split, of a permutation or
# of train_test_split, is not in order. Nothing is warned of or documented.
# Valid input: 1,000 samples, 900 of class 0 and 100 of class 1, 500 of them at random,
# 42 of class 1, with their labels; 10,000 draws.
# Seen: indices in order 0.495 of class 1, the same ones shuffled 0.065; of the 42
# samples that are drawn most often, 42 and 2 are of class 1.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q torch==2.14.1 torchvision==0.29.1 \
    numpy==2.4.6 pandas==3.1.1 torchsampler==0.1.2
cat > "$folder/split.py" <<'PYTHON'
from collections import Counter

import torch
from torch.utils.data import TensorDataset
from torchsampler import ImbalancedDatasetSampler

torch.manual_seed(0)
labels = torch.tensor([0] * 900 + [1] * 100)
data = TensorDataset(torch.arange(1000), labels)
split = torch.randperm(1000)[:500].tolist()


def drawn(indices):
    own = [int(labels[index]) for index in indices]
    sampler = ImbalancedDatasetSampler(
        data, labels=own, indices=indices, num_samples=10_000
    )
    counts = Counter(sampler)
    rare = sum(count for index, count in counts.items() if labels[index] == 1)
    heavy = [int(labels[index]) for index, _ in counts.most_common(sum(own))]
    share = rare / 10_000
    print(f'  class 1 is {share:.3f} of the draws; of the {sum(own)} samples '
          f'drawn most often {sum(heavy)} are of class 1')
    return share, sum(heavy) / len(heavy)


there = float(labels[split].float().mean())
print(f'{len(split)} samples, {there:.3f} of them of class 1; indices in order')
assert min(drawn(sorted(split))) > 0.45
print('the same indices, shuffled')
assert max(drawn(split)) < 0.2, 'shuffled indices have their own weights now'
print('as stated: weights are sorted, indices are not')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/split.py"
