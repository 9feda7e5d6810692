#!/usr/bin/env bash
# torcheval 0.0.7, torch 2.13.0, NumPy 2.4.6 (Python 3.11): a network that has diverged,
# and whose outputs are all NaN, has a top-5 accuracy of 1.0; so has one whose outputs
# are all equal. For k > 1 the rank of the right class is the number of classes with a
# *larger* score: ties count for it, and nothing is larger than NaN. The top-1 accuracy,
# by argmax, is that of chance, so that it and the top-5 accuracy of one model
# contradict each other. Ties need no broken network: scores after a ReLU, or rounded,
# or with 0 for all but a few classes, as a retrieval or a pruned or quantized model
# gives them, have many. HitRate and ReciprocalRank do the same, also for k = 1.
# torch.topk counts k classes. Nothing about ties is in the documentation.
# Valid input: 1,000 samples of 100 classes, random labels; scores that know nothing of
# them.
# Seen: top-1 0.01 and top-5 0.05 for random scores; for all NaN or all equal 0.01 and
# 1.0; after a ReLU 0.01 and 0.94; hit rate at 1 and mean reciprocal rank of NaN 1.0.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q torch==2.13.0 numpy==2.4.6 torcheval==0.0.7
cat > "$folder/top_k.py" <<'PYTHON'
import torch
from torcheval.metrics import HitRate, MulticlassAccuracy, ReciprocalRank

torch.manual_seed(0)
labels = torch.randint(100, (1000,))
noise = torch.randn(1000, 100)
scores = dict(random=noise, nan=noise * torch.nan, equal=noise * 0)
scores['relu'] = (noise - 2).relu()


def value(metric, scores):
    return metric.update(scores, labels).compute().mean().item()


seen = {}
for name, outputs in scores.items():
    five = (outputs.topk(5).indices == labels[:, None]).any(1).float().mean().item()
    seen[name] = [value(MulticlassAccuracy(k=k), outputs) for k in (1, 5)]
    print(f'{name:6}: top-1 {seen[name][0]:.3f}, top-5 {seen[name][1]:.3f}, '
          f'top-5 with torch.topk {five:.3f}')
    assert seen[name][0] < 0.03 and five < 0.1
first, rank = (value(m, scores['nan']) for m in (HitRate(k=1), ReciprocalRank()))
print(f'nan: hit rate at 1 {first:.3f}, mean reciprocal rank {rank:.3f}')
assert seen['random'][1] < 0.1
assert seen['nan'][1] == seen['equal'][1] == 1, 'ties do not count as hits now'
assert seen['relu'][1] > 0.8
assert first == rank == 1
print('as stated: who says nothing is right')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/top_k.py"
