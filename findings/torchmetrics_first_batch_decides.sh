#!/usr/bin/env bash
# TorchMetrics 1.9.0, torch 2.13.0, NumPy 2.4.6 (Python 3.11): in a MetricCollection, top-5
# accuracy is top-1 accuracy if all samples of the first batch are right. After the first
# update, metrics whose counts are equal up to then are taken for metrics with the same
# counts for good: from then on only the first of them is updated, and the others are
# computed from its counts, their own top_k, threshold or ignore_index no longer asked for.
# The documentation speaks of metrics that share a state, "accuracy, precision and recall",
# not of how they are found. reset() keeps the groups, so that all later epochs are
# wrong; another order of the same samples, or compute_groups=False, is right.
# Valid input: 1,000 samples of 10 classes in batches of 8, the first batch easy; wrong-label
# scores with the thresholds 0.5 and 0.9, no score of the first batch between them.
# Seen: top-1 and top-5 0.485, 0.485, and 0.485, 0.908 in reversed order; precision at 0.5
# and 0.9 0.731, 0.731 in this and the next epoch, and 0.731, 0.941 without groups.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q 'setuptools<81' torch==2.13.0 numpy==2.4.6 torchmetrics==1.9.0
cat > "$folder/groups.py" <<'PYTHON'
import torch
from torchmetrics import MetricCollection
from torchmetrics.classification import BinaryPrecision, MulticlassAccuracy

torch.manual_seed(0)
labels = torch.randint(10, (1000,))
scores = torch.randn(1000, 10)
scores[torch.arange(1000), labels] += 1.5
wrong = torch.rand(1000)
checked = (torch.rand(1000) < wrong).long()


def starting_with(mask):
    first = mask.nonzero().flatten()[:8]
    return torch.cat([first, torch.tensor(sorted(set(range(1000)) - set(first.tolist())))])


def seen(metrics, predicted, given, order):
    metrics.reset()
    for batch in order.split(8):
        metrics.update(predicted[batch], given[batch])
    return [round(value.item(), 3) for value in metrics.compute().values()]


def accuracies(order, groups=True):
    metrics = MetricCollection({'top1': MulticlassAccuracy(10),
                                'top5': MulticlassAccuracy(10, top_k=5)}, compute_groups=groups)
    return seen(metrics, scores, labels, order)


def precisions(order, groups=True):
    metrics = MetricCollection({'at_50': BinaryPrecision(threshold=0.5),
                                'at_90': BinaryPrecision(threshold=0.9)}, compute_groups=groups)
    return [seen(metrics, wrong, checked, order), seen(metrics, wrong, checked, order.flip(0))]


easy = starting_with(scores.argmax(1) == labels)
clear = starting_with((wrong < 0.5) | (wrong > 0.9))
merged, other, single = accuracies(easy), accuracies(easy.flip(0)), accuracies(easy, False)
print('top-1, top-5, easy batch first:', merged)
print('top-1, top-5, easy batch last: ', other)
print('top-1, top-5, without groups:  ', single)
assert other == single and single[1] > single[0] + 0.3
joined, apart = precisions(clear), precisions(clear, False)
print('precision at 0.5, 0.9, two epochs:    ', joined)
print('precision at 0.5, 0.9, without groups:', apart)
assert apart[0] == apart[1] and apart[0][1] > apart[0][0] + 0.1
assert merged == [single[0]] * 2, 'top-5 accuracy has its own counts now'
assert joined == [[apart[0][0]] * 2] * 2, 'thresholds have their own counts now'
print('as stated: what is equal in the first batch stays equal')
PYTHON
"$folder/env/bin/python" "$folder/groups.py"
