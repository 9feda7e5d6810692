#!/usr/bin/env bash
# imbalanced-learn 0.14.2, scikit-learn 1.9.1 (Python 3.11): InstanceHardnessThreshold keeps
# the easy samples of the larger class if the classes are called 0 and 1, and its *hardest*
# ones, wrong labels first, if they are called -1 and 1. The probability of a sample's own
# class is looked up with the label itself as the number of the column: -1 is the last
# column, that of class 1. All other labels than 0 to K - 1 are wrong as well: with -1, 0
# and 1 each class goes by the probability of another. (1 and 2, or texts, raise an error.)
# The documentation says that the samples kept are those with the highest probability of
# being correctly classified, and names no labels that would be needed.
# Valid input: 300 samples of one class, 100 of another, and 30 that lie among the second
# and carry the first one's label; the same numbers with two sets of names.
# Seen: of 100 kept, 0 and 1: 0 of the 30 wrong labels; -1 and 1: all 30. (With logistic
# regression; with the default random forest, more are kept for ties.)
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q imbalanced-learn==0.14.2 scikit-learn==1.9.1 numpy==2.4.6
cat > "$folder/hardness.py" <<'PYTHON'
import numpy as np
from imblearn.under_sampling import InstanceHardnessThreshold
from sklearn.linear_model import LogisticRegression

LARGE, SMALL, WRONG = 300, 100, 30
rng = np.random.default_rng(0)
points = np.concatenate(
    [rng.normal(0, 1, (LARGE, 2)), rng.normal(4, 1, (SMALL + WRONG, 2))]
)


def wrong_kept(names):
    labels = np.repeat([names[0], names[1], names[0]], [LARGE, SMALL, WRONG])
    sampler = InstanceHardnessThreshold(estimator=LogisticRegression(), random_state=0)
    sampler.fit_resample(points, labels)
    kept = sampler.sample_indices_
    wrong = int((kept >= LARGE + SMALL).sum())
    print(f'classes {names[0]} and {names[1]}: of class {names[0]}', end=' ')
    print(f'{(kept < LARGE).sum()} right and {wrong} wrong labels are kept')
    return wrong


print(f'given: {LARGE} right and {WRONG} wrong labels of the larger class')
assert wrong_kept((0, 1)) == 0
assert wrong_kept((-1, 1)) == WRONG, 'the names do not matter now'
print('as stated: with -1 and 1 the hardest samples are kept')
PYTHON
"$folder/env/bin/python" "$folder/hardness.py"
