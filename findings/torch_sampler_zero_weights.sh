#!/usr/bin/env bash
# torch 2.14.1 (Python 3.11): WeightedRandomSampler without replacement draws samples of
# weight 0. Where more samples are asked for than have a weight, as len(weights) is once
# some of them are 0, the others come after those with a weight, in random order, and no
# error or warning says so: rejected samples are trained on, all at the end of the epoch.
# With replacement none of them is drawn. A note at torch.multinomial asks for no more
# draws than weights above 0, and nothing checks it; the sampler's page does not say it.
# Valid input: 6 weights of 1 and 4 of 0, num_samples=len(weights), as is usual.
# Seen: without replacement the last four of ten are the four of weight 0, each time;
# with replacement 0 of ten.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q torch==2.14.1 numpy==2.4.6
cat > "$folder/sampler.py" <<'PYTHON'
import torch
from torch.utils.data import WeightedRandomSampler

weights = [1.0] * 6 + [0.0] * 4
rejected = {6, 7, 8, 9}


def drawn(seed, replacement):
    generator = torch.Generator().manual_seed(seed)
    return list(WeightedRandomSampler(weights, len(weights), replacement, generator))


without = [drawn(seed, False) for seed in range(100)]
replaced = [drawn(seed, True) for seed in range(100)]
print('weights:', weights)
print('without replacement:', without[0])
print('with replacement:   ', replaced[0])
assert all(set(epoch[6:]) == rejected for epoch in without), 'weight 0 is not drawn now'
assert not any(rejected & set(epoch) for epoch in replaced)
try:
    torch.multinomial(torch.zeros(10), 5, replacement=True)
except RuntimeError as error:
    print('all weights 0, with replacement:', f'{error}'.splitlines()[0])
else:
    raise SystemExit('weights of 0 are drawn with replacement now')
print('as stated: without replacement, samples of weight 0 end each epoch')
PYTHON
"$folder/env/bin/python" "$folder/sampler.py"
