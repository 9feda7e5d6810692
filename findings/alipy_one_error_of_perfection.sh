#!/usr/bin/env bash
# ALiPy 1.2.5, scikit-learn 1.9.1, NumPy 2.4.6 (Python 3.11): one_error, an error rate
# for pictures with several labels, is 1.0 if all predictions are right, and 0.0 for any
# scores, also those by which a wrong label comes first everywhere. One-error is the
# share of samples whose label with the highest score is wrong; the documentation says
# so little as "similar to 0/1-loss" and asks for scores. What is counted are the
# samples for which labels and predictions have the same *sum*: the right ones are among
# them, and so are those with the right number of wrong labels. Scores have another sum
# in nearly all cases, so that any model that gives probabilities has an error of 0.
# zero_one_loss of the same module is right.
# Valid input: 200 samples with one or two of four labels; predictions as labels, and as
# probabilities.
# Seen: right labels 1.0 (0/1 loss 0.0), as many labels, none of them right 1.0 (0/1
# loss 1.0); scores that put a right label first 0.0, scores that put a wrong one first
# 0.0.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q alipy==1.2.5 scikit-learn==1.9.1 \
    numpy==2.4.6 scipy==1.17.1 matplotlib==3.11.2 prettytable==3.18.0
cat > "$folder/error.py" <<'PYTHON'
import numpy as np
from alipy.metrics import one_error, zero_one_loss

rng = np.random.default_rng(0)
truth = np.eye(4, dtype=int)[rng.integers(4, size=200)]
truth |= np.eye(4, dtype=int)[rng.integers(4, size=200)]
half = truth.copy()
half[np.arange(200) % 2 == 0] = [1, 1, 0, 0]
two = np.tile([[1, 1, 0, 0], [0, 1, 1, 0]], (100, 1))
wrong = 1 - two
noise = rng.uniform(0, 0.4, truth.shape)
scores = dict(right=noise + 0.5 * truth, wrong=noise + 0.5 * (1 - truth))


def by_hand(labels, scores):
    return float((labels[np.arange(len(labels)), scores.argmax(1)] == 0).mean())


perfect = one_error(truth, truth), zero_one_loss(truth, truth)
none = one_error(two, wrong), zero_one_loss(two, wrong)
print(f'labels, all right: one-error {perfect[0]}, 0/1 loss {perfect[1]}')
print(f'labels, all wrong: one-error {none[0]}, 0/1 loss {none[1]}')
assert perfect == (1, 0), 'what is right is no error now'
assert none == (1, 1)
for name, values in scores.items():
    error, expected = one_error(truth, values), by_hand(truth, values)
    print(f'scores, first label {name}: one-error {error}, expected {expected}')
    assert error == 0, 'scores have another error now'
    assert expected == (name == 'wrong')
print('as stated: all right is an error of 1, and no score is ever wrong')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/error.py"
