#!/usr/bin/env bash
# MMPretrain 1.2.0, MMEngine 0.10.7, torch 2.14.1 (Python 3.11): by AveragePrecision, a
# model that gives each sample the same scores finds one class with certainty and another
# not. Samples of equal score are counted one after the other, in the order in which an
# unstable sort leaves them, so that a class whose samples come first there has an average
# precision near 100; scikit-learn takes them together and has the share of the class.
# Scores that a sigmoid rounds to 1.0 tie in the same way, and the samples of a folder come
# class by class. Shuffle the samples, and the number is another.
# Valid input: one score, 0.5, for 400 samples of four classes, sorted by class.
# Seen: 19, 14, 99, 31 (scikit-learn 25, 25, 25, 25); shuffled, from 23 to 30. (The four
# depend on the processor's sort; the script asks for 40 between two of them.)
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q 'setuptools<81' torch==2.14.1 torchvision==0.29.1 numpy==2.4.6 mmengine==0.10.7 mmcv-lite==2.2.0 mmpretrain==1.2.0 scikit-learn==1.9.1
cat > "$folder/ties.py" <<'PYTHON'
import torch
from mmpretrain.evaluation import AveragePrecision
from sklearn.metrics import average_precision_score

scores = torch.full((400, 4), 0.5)
by_class = torch.eye(4).repeat_interleave(100, dim=0)
shuffled = by_class[torch.randperm(400, generator=torch.Generator().manual_seed(0))]


def precisions(targets):
    ours = AveragePrecision.calculate(scores, targets, average=None).tolist()
    theirs = average_precision_score(targets.numpy(), scores.numpy(), average=None)
    print('  MMPretrain:  ', [round(x, 1) for x in ours])
    print('  scikit-learn:', [round(100 * x, 1) for x in theirs.tolist()])
    assert theirs.tolist() == [0.25] * 4
    return max(ours) - min(ours)


print('one score for all, sorted by class:')
assert precisions(by_class) > 40, 'ties are taken together now'
print('one score for all, shuffled:')
assert precisions(shuffled) < 20
print('as stated: equal scores are ranked')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/ties.py"
