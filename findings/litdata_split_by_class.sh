#!/usr/bin/env bash
# litdata 0.2.76, torch 2.13.0, NumPy 2.4.6 (Python 3.11): train_test_split(shuffle=True), of
# which the documentation says that the data are shuffled before splitting, shuffles files,
# and so splits by class. Only whole chunks of the stored data change places; within a chunk
# the samples stay in the order in which they were written. A data set of the size of
# CIFAR-10 written class by class, as a walk through folders gives it, is two or three
# chunks of the recommended 64 MB: the classes of the test set are then not in the training
# set. If it is one chunk, each seed gives the same split, the last fifth as test set.
# StreamingDataset(subsample=0.1, shuffle=True), a part "to be randomly sampled", is of one
# class in the same way. Nothing is warned of; the FAQ says of the order of training that it
# depends on the chunks, and of splits nothing. Samples shuffled before writing are right.
# Valid input: 5,000 pictures of 32 x 32 pixels, 500 of each of ten classes, in one chunk
# of 64 MB and in 20 of 250 samples.
# Seen, classes in training and test set: one chunk, seeds 0 and 1, 0 to 7 and 8 to 9; 20
# chunks, three or four classes in the test set; subsample 0.1: 1 class of one chunk, 2 of 20.
# Shuffled before: all ten everywhere.
# (litdata is installed without torchvision, which it needs for other formats.)
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q torch==2.13.0 numpy==2.4.6 lightning-utilities==0.15.3 filelock==4.3.1 boto3==1.44.8 requests==2.34.2 tifffile==2026.3.3 obstore==0.12.1 tqdm==4.70.1
"$folder/env/bin/python" -m pip install -q --no-deps litdata==0.2.76
cat > "$folder/split.py" <<'PYTHON'
import random
import sys
from pathlib import Path

import numpy as np
from litdata import StreamingDataset, optimize, train_test_split

root = Path(sys.argv[1])


def sample(number):
    return {'image': np.full((32, 32, 3), number % 256, np.uint8), 'label': number // 500}


def write(name, numbers, **size):
    optimize(sample, inputs=numbers, output_dir=str(root / name), num_workers=1, keep_data_ordered=True,
             verbose=False, **size)
    return str(root / name)


def classes(data):
    return sorted({int(data[place]['label']) for place in range(len(data))})


def look(name, folder):
    splits = []
    for seed in (0, 1):
        train, test = train_test_split(StreamingDataset(folder), [0.8, 0.2], seed=seed, shuffle=True)
        assert (len(train), len(test)) == (4000, 1000)
        splits.append((classes(train), classes(test)))
        print(f'{name:9} seed {seed}: training {splits[-1][0]}, test {splits[-1][1]}')
    part = StreamingDataset(folder, subsample=0.1, shuffle=True)
    assert len(part) == 500
    print(f'{name:9} subsample: {classes(part)}')
    return splits, classes(part)


if __name__ == '__main__':
    ordered = list(range(5000))
    shuffled = random.Random(0).sample(ordered, 5000)
    one, part_of_one = look('1 chunk', write('one', ordered, chunk_bytes='64MB'))
    many, part_of_many = look('20 chunks', write('many', ordered, chunk_size=250))
    mixed, part_of_mixed = look('shuffled', write('mixed', shuffled, chunk_bytes='64MB'))
    every = list(range(10))
    assert mixed == [(every, every)] * 2 and part_of_mixed == every
    assert one == [(every[:8], every[8:])] * 2, 'the samples of a chunk are shuffled before the split now'
    assert all(len(test) <= 4 for _, test in many), 'the split is no longer one of whole chunks'
    assert len(part_of_one) == 1 and len(part_of_many) <= 2, 'the part is drawn sample by sample now'
    print('as stated: shuffled before splitting, and split by class')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/split.py" "$folder"
