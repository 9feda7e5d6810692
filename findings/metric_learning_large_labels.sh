#!/usr/bin/env bash
# pytorch-metric-learning 2.9.0, torch 2.13.0, NumPy 2.4.6 (Python 3.11): AccuracyCalculator
# finds that random embeddings have a precision of 1.0, once the classes are numbered as a
# shop numbers its articles. It turns all labels into float32, which holds integers up to
# 16,777,216 exactly: from 67 million on, eight neighbouring numbers become one class, from
# 537 million on 64, and neighbours from the other classes count as hits. Losses and miners
# compare the integers, so training is right and only its evaluation is not. Nothing is
# warned of, and the documentation names no range for labels.
# Valid input: 200 random embeddings of 20 classes, labels as int64 from 0, from 108,775,000
# and from 1,000,000,000.
# Seen: precision_at_1 0.060 (and so by hand), 0.320 and 1.0, MAP@R 0.021, 0.153 and 1.0;
# positive pairs for the losses 1,800 each time.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q torch==2.13.0 numpy==2.4.6 scikit-learn==1.9.1 pytorch-metric-learning==2.9.0
cat > "$folder/labels.py" <<'PYTHON'
import torch
from pytorch_metric_learning.distances import LpDistance
from pytorch_metric_learning.utils.accuracy_calculator import AccuracyCalculator
from pytorch_metric_learning.utils.inference import CustomKNN
from pytorch_metric_learning.utils.loss_and_miner_utils import get_all_pairs_indices

torch.manual_seed(0)
embeddings = torch.randn(200, 16)
classes = torch.arange(200) // 10
nearest = CustomKNN(LpDistance(normalize_embeddings=False))
calculator = AccuracyCalculator(include=('precision_at_1', 'mean_average_precision_at_r'), k='max_bin_count',
                                device=torch.device('cpu'), knn_func=nearest)
distances = torch.cdist(embeddings, embeddings).fill_diagonal_(torch.inf)
by_hand = (classes == classes[distances.argmin(1)]).float().mean().item()
seen = {}
for first in (0, 108_775_000, 1_000_000_000):
    labels = classes + first
    found = calculator.get_accuracy(embeddings, labels)
    seen[first] = found['precision_at_1']
    pairs = len(get_all_pairs_indices(labels)[0])
    print(f'classes from {first:10}: precision at 1 {seen[first]:.3f}, MAP@R {found["mean_average_precision_at_r"]:.3f}, '
          f'positive pairs for the losses {pairs}')
    assert pairs == 1800
print(f'precision at 1 by hand: {by_hand:.3f}')
assert abs(seen[0] - by_hand) < 1e-6
assert seen[108_775_000] > 0.3 and seen[1_000_000_000] == 1, 'large labels are kept as they are now'
print('as stated: large numbers make one class of many')
PYTHON
"$folder/env/bin/python" "$folder/labels.py"
