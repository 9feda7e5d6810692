#!/usr/bin/env bash
# ALiPy 1.2.5, NumPy 2.4.6 (Python 3.11): majority_vote of noisy annotators takes their
# weights and does nothing with them. The argument is documented, "the weights of each
# oracle", it has to have the length of the labels, which is checked, and the votes are
# then counted as if it were not there. So an expert's weight of 100 does not outweigh
# two beginners, a weight of 0 does not take a spammer out, and the number of votes that
# is returned is that of the heads. A tie goes to the label that comes first in the
# list, whatever the weights are.
# Valid input: labels of five annotators, three of whom are right in 95 % of 1,000
# images, and two copies of one who always says "cat", with the weight 0; a list of
# three labels.
# Seen: dog with the weight 100 loses against cat, cat with the weight 0.1 each; labels
# of 1,000 images are the same with and without weights, 0.973 of them right, where a
# vote with these weights has 0.999.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q alipy==1.2.5 scikit-learn==1.9.1 \
    numpy==2.4.6 scipy==1.17.1 matplotlib==3.11.2 prettytable==3.18.0
cat > "$folder/vote.py" <<'PYTHON'
import numpy as np
from alipy.query_strategy.noisy_oracles import majority_vote

count, label = majority_vote(['cat', 'cat', 'dog'], weight=[0.1, 0.1, 100])
print(f'cat 0.1, cat 0.1, dog 100: {label}, {count} votes')
assert (count, label) == (2, 'cat'), 'weights count now'

rng = np.random.default_rng(0)
names = ['cat', 'dog', 'ship']
truth = rng.integers(3, size=1000)
guesses = rng.integers(3, size=(3, 1000))
votes = np.where(rng.random((3, 1000)) < 0.95, truth, guesses)
votes = np.concatenate([votes, np.zeros((2, 1000), int)])
weights = [1, 1, 1, 0, 0]


def by_hand(labels):
    return np.bincount(labels, weights, minlength=3).argmax()


without = [majority_vote([names[i] for i in v])[1] for v in votes.T]
weighted = [majority_vote([names[i] for i in v], weight=weights)[1] for v in votes.T]
right = np.mean([label == names[i] for label, i in zip(weighted, truth)])
expected = np.mean([by_hand(v) == i for v, i in zip(votes.T, truth)])
print(f'two of five annotators have the weight 0: {right:.3f} right, '
      f'{expected:.3f} by hand, the same as without weights: {weighted == without}')
assert weighted == without, 'weights count now'
assert right < expected - 0.02
print('as stated: the weights of a majority vote change nothing')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/vote.py"
