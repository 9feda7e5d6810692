#!/usr/bin/env bash
# small-text 1.4.1, scikit-learn 1.9.1, NumPy 2.4.6 (Python 3.11): which samples
# CategoryVectorInconsistencyAndRanking asks for depends on the order of the pool, and
# hardly on how unsure the model is. Its score has a factor for the rank of a sample's
# margin among all margins; what is taken for the ranks is the result of argsort, which
# says which sample is first, second, third, and not at which place a sample is. So each
# sample is given the place of another, and in another order of the same pool other ones
# are asked for. "Rankings" is in the name and in the documentation; the order of a pool
# is nothing that should count. Nothing is random in the strategy, so that a repeated
# call, which gives the same, shows nothing.
# Valid input: predictions for four labels of 200 samples, 20 of which are unsure about
# all four; the same pool in five orders.
# Seen: of the 20 samples asked for, 1 to 3 are unsure ones, 2 by chance; any two orders
# have 1 to 5 samples in common.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q small-text==1.4.1 scikit-learn==1.9.1 \
    numpy==2.4.6 scipy==1.17.1
cat > "$folder/order.py" <<'PYTHON'
import itertools

import numpy as np
from scipy.sparse import csr_matrix
from small_text import CategoryVectorInconsistencyAndRanking

POOL, UNSURE, LABELS = 200, 20, 4
rng = np.random.default_rng(0)
sure = rng.choice([0.02, 0.98], size=(POOL, LABELS))
probabilities = sure + rng.uniform(-0.01, 0.01, sure.shape)
probabilities[:UNSURE] = 0.5 + rng.uniform(-0.01, 0.01, (UNSURE, LABELS))
known = csr_matrix(rng.integers(0, 2, (30, LABELS)))


class Model:
    def predict_proba(self, samples):
        return probabilities[samples]


class Samples:
    def __getitem__(self, indices):
        return indices


def asked(order):
    strategy = CategoryVectorInconsistencyAndRanking(pbar=None)
    found = strategy.query(Model(), Samples(), order, np.arange(0), known, n=UNSURE)
    return set(found.tolist())


orders = [rng.permutation(POOL) for _ in range(5)]
assert asked(orders[0]) == asked(orders[0])
sets = [asked(order) for order in orders]
unsure = [len(found & set(range(UNSURE))) for found in sets]
common = [len(a & b) for a, b in itertools.combinations(sets, 2)]
print(f'unsure among the {UNSURE} asked for, in five orders: {unsure}')
print(f'in common in two orders: {common}')
assert max(unsure) < UNSURE // 2, 'the unsure ones are asked for now'
assert max(common) < UNSURE // 2, 'the order of the pool does not matter now'
print('as stated: places in the pool are taken for ranks')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/order.py"
