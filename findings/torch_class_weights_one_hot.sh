#!/usr/bin/env bash
# torch 2.13.0, NumPy 2.4.6 (Python 3.11): the weighted cross entropy of the same labels is
# another number when they are written as probabilities (one-hot, as for mixup, soft or
# corrected labels). With class indices, the mean divides by the sum of the samples'
# weights; with probabilities, by the number of samples. Class weights that average 1.9
# over the samples so make loss and gradients 1.9 times as large, as a learning rate 1.9
# times as large would; without weights, both are equal.
# Valid input: 1,000 random scores of 10 classes, class 0 with ten times the weight.
# Seen: indices 3.972, one-hot 7.332, ratio 1.846 = the samples' mean weight.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q torch==2.13.0 numpy==2.4.6
cat > "$folder/losses.py" <<'PYTHON'
import torch
from torch.nn.functional import cross_entropy, one_hot

generator = torch.Generator().manual_seed(0)
scores = 2 * torch.randn(1000, 10, generator=generator)
labels = torch.randint(10, (1000,), generator=generator)
soft = one_hot(labels, 10).float()
weight = torch.ones(10)
weight[0] = 10.0

indices, probabilities = (
    cross_entropy(scores, target, weight=weight) for target in (labels, soft)
)
ratio, mean_weight = float(probabilities / indices), float(weight[labels].mean())
print(f'weighted: indices {indices:.3f}, one-hot {probabilities:.3f}')
print(f'ratio {ratio:.3f}, mean weight of the samples {mean_weight:.3f}')
assert torch.isclose(cross_entropy(scores, labels), cross_entropy(scores, soft))
assert ratio > 1.5 and abs(ratio - mean_weight) < 1e-3, 'both divide alike now'
print('as stated: one-hot labels change the weighted loss')
PYTHON
"$folder/env/bin/python" "$folder/losses.py"
