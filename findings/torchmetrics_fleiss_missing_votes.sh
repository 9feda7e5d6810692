#!/usr/bin/env bash
# TorchMetrics 1.9.0, torch 2.13.0, NumPy 2.4.6 (Python 3.11): annotators who never disagree
# have a FleissKappa of 0.05, because four of 104 images were shown to five of them and not to
# three. The number of raters is taken to be the largest one of all images, so that a vote
# that was never asked for, or an annotator who abstained, counts as disagreement. A few
# images with more votes, as test questions have, bring down the agreement of all others; an
# image with one vote has an agreement below 0. The documentation asks for the number of
# raters that chose each category, says that complete agreement gives 1, and nothing of
# equal numbers. Nothing is checked: in its own example, "10 raters", the counts are random
# numbers of any sum.
# Valid input: counts of votes for two classes; on each image all votes are for one class.
# Seen: three votes each 1.0; and four images with five 0.05; half of the images with
# two votes in place of three 0.36; images of five alone 1.0.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q 'setuptools<81' torch==2.13.0 numpy==2.4.6 torchmetrics==1.9.0
cat > "$folder/kappa.py" <<'PYTHON'
import torch
from torchmetrics.nominal import FleissKappa


def kappa(*votes):
    metric = FleissKappa()
    for number, images in votes:
        metric.update(torch.tensor([[number, 0], [0, number]] * (images // 2)))
    return round(metric.compute().item(), 3)


def by_hand(*votes):
    counts = [row for number, images in votes
              for row in [(number, 0), (0, number)] * (images // 2)]
    sums = [sum(row) for row in counts]
    agreed = sum(sum(x * (x - 1) for x in row) / (n * (n - 1))
                 for row, n in zip(counts, sums)) / len(counts)
    chance = sum((sum(column) / sum(sums)) ** 2 for column in zip(*counts))
    return (agreed - chance) / (1 - chance)


three, four_of_five, half = [(3, 100)], [(3, 100), (5, 4)], [(3, 50), (2, 50)]
for name, votes in (('100 images of 3 votes', three), ('and 4 of 5 votes', four_of_five),
                    ('50 of 3, 50 of 2', half), ('4 of 5 votes alone', [(5, 4)])):
    print(f'{name + ":":23}', kappa(*votes), ' by hand, each image with its votes:', by_hand(*votes))
    assert by_hand(*votes) == 1
assert kappa(*three) > 0.999 and kappa((5, 4)) > 0.999
assert kappa(*four_of_five) < 0.1, 'images have their own numbers of raters now'
assert kappa(*half) < 0.5
print('as stated: a vote that is missing is a vote against')
PYTHON
"$folder/env/bin/python" "$folder/kappa.py"
