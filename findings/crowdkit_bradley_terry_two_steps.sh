#!/usr/bin/env bash
# crowd-kit 1.4.2, NumPy 2.4.6, pandas 3.1.1 (Python 3.11): BradleyTerry, which ranks
# items by comparisons of two, stops after two steps, whatever n_iter is. It is to stop
# when a step changes the scores by less than tol; the scores of the step before are not
# a copy but the same array, so that the second step differs from them by exactly 0. Two
# steps are near the share of comparisons that an item won, the number that the model is
# there to do better than: who is compared with strong ones only has a low score. Where
# everything is compared with everything equally often, the order is the same, and the
# scores too close together; where neighbours are compared, as in a tournament, in
# active learning or for fine grades, the order is wrong too. Nothing is warned of, and
# loss_history_, "loss values during training", is empty. With tol=0, of which 0 is no
# smaller, all n_iter steps are done.
# Valid input: ten pictures in a row, each compared 100 times with the next one.
# Seen: n_iter=2 and n_iter=10000 have the same scores, 0.13, 0.11, 0.10, 0.11 for the
# first four, of which the last is thus second, and the third sixth; tol=0, or the same
# steps done by hand, give 0.36, 0.25, 0.15, 0.11 and the right order.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q crowd-kit==1.4.2 numpy==2.4.6 pandas==3.1.1 \
    scikit-learn==1.9.1
cat > "$folder/steps.py" <<'PYTHON'
import numpy as np
import pandas as pd
from crowdkit.aggregation import BradleyTerry

ITEMS = 10
rng = np.random.default_rng(0)
quality = np.exp(np.linspace(3, -3, ITEMS))
names = [f'picture {i}' for i in range(ITEMS)]
wins = np.zeros((ITEMS, ITEMS))
rows = []
for i in range(ITEMS - 1):
    for _ in range(100):
        first = rng.random() < quality[i] / (quality[i] + quality[i + 1])
        winner, loser = (i, i + 1) if first else (i + 1, i)
        wins[winner, loser] += 1
        rows.append(dict(worker='w', left=names[i], right=names[i + 1],
                         label=names[winner]))
comparisons = pd.DataFrame(rows)


def steps(count):
    # The algorithm of Hunter (2004) that the documentation cites.
    scores = np.ones(ITEMS)
    for _ in range(count):
        pairs = (wins + wins.T) / (scores[:, None] + scores)
        scores = wins.sum(1) / pairs.sum(1)
        scores /= scores.sum()
    return scores


def fitted(count, **arguments):
    model = BradleyTerry(n_iter=count, **arguments).fit(comparisons)
    assert list(model.scores_.index) == names
    assert model.loss_history_ == []
    return model.scores_.to_numpy()


full = steps(10000)
for name, scores in (('n_iter=2', fitted(2)), ('n_iter=10000', fitted(10000)),
                     ('10000 steps', full)):
    print(f'{name}: scores', np.round(scores, 2), 'order', np.argsort(-scores))
assert (fitted(1) != fitted(2)).any()
assert (fitted(2) == fitted(10000)).all(), 'it takes more than two steps now'
assert np.allclose(fitted(2), steps(2))
assert list(np.argsort(-full)) == list(range(ITEMS))
assert list(np.argsort(-fitted(10000)))[:3] == [0, 3, 1]
assert np.allclose(fitted(10000, tol=0), full)
print('as stated: it stops after two steps')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/steps.py"
