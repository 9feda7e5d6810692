#!/usr/bin/env bash
# modAL-python 0.4.2.1, scikit-learn 1.9.1, NumPy 2.4.6 (Python 3.11): with
# random_tie_break=True, SVM_binary_minimum asks for the label of the picture that the
# model is *surest* of. The strategy is to take the sample that is nearest to the border
# of one of its classes, and without the argument it does. The argument, of which the
# documentation says that it may be used "to break the tie" and that it shuffles the
# scores, turns the search around: the smallest distance is then looked for with the
# function for the largest one. There needs to be no tie for it. Labels are bought for
# what is known already; nothing shows.
# Valid input: 400 samples, three labels for each, linear SVMs fitted to 50 of them.
# Seen: without the argument the sample at rank 0 of 350, distance 0.004; with it, in
# each of five calls, the one at rank 349, distance 3.1.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q modAL-python==0.4.2.1 scikit-learn==1.9.1 \
    numpy==2.4.6 pandas==3.1.1 scipy==1.17.1
cat > "$folder/query.py" <<'PYTHON'
import numpy as np
from modAL.models import ActiveLearner
from modAL.multilabel import SVM_binary_minimum
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import LinearSVC

np.random.seed(0)
rng = np.random.default_rng(0)
samples = rng.normal(size=(400, 5))
labels = (samples[:, :3] > 0).astype(int)
pool = samples[50:]
learner = ActiveLearner(
    OneVsRestClassifier(LinearSVC(random_state=0)),
    query_strategy=SVM_binary_minimum,
    X_training=samples[:50],
    y_training=labels[:50],
)
distances = np.abs(learner.estimator.decision_function(pool)).min(axis=1)
ranks = distances.argsort().argsort()
assert len(set(distances)) == len(pool), 'there is no tie'


def asked(**arguments):
    index = int(np.ravel(learner.query(pool, **arguments)[0])[0])
    print(f'{arguments}: rank {ranks[index]} of {len(pool)}, '
          f'distance to the nearest border {distances[index]:.3f}')
    return ranks[index]


assert asked() == 0
for _ in range(5):
    rank = asked(random_tie_break=True)
    assert rank == len(pool) - 1, 'the nearest one is taken now'
print('as stated: random_tie_break takes the sample that is farthest from any border')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/query.py"
