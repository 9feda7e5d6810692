#!/usr/bin/env bash
# doubtlab 0.2.4 with cleanlab 2.9.0 (Python 3.11): CleanlabReason takes a
# sorted_index_method, by which cleanlab is to rank the suspicious labels, and a min_doubt,
# to which the doubt is to fall from 1. Neither changes anything: cleanlab's ranking is made
# and then only says which labels are suspicious, each with a doubt of exactly 1. So the
# indices of DoubtEnsemble.get_indices, "worth checking again" in this order, begin with any
# of them, and who looks at the first hundred looks at a sample of all.
# Valid input: 3,000 samples, 3 classes, 30 % of the labels drawn anew, probabilities of a
# good model, all settings of CleanlabReason.
# Seen: predicates 0 and 1 only; the same indices in the same order for normalized_margin and
# self_confidence and for min_doubt 0.5 and 0.9; of the first hundred as many as chance has
# are among cleanlab's first hundred.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q doubtlab==0.2.4 cleanlab==2.9.0 numpy==2.4.6 \
    scikit-learn==1.9.1 pandas==3.1.1
cat > "$folder/order.py" <<'PYTHON'
import numpy as np
from cleanlab.filter import find_label_issues
from doubtlab.ensemble import DoubtEnsemble
from doubtlab.reason import CleanlabReason

rng = np.random.default_rng(0)
true = np.repeat(np.arange(3), 1000)
given = np.where(rng.random(3000) < 0.3, rng.integers(0, 3, 3000), true)
scores = rng.normal(size=(3000, 3)) + 3 * np.eye(3)[true]
probabilities = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
rows = np.arange(3000)[:, None]


class Model:
    def predict_proba(self, rows):
        return probabilities[rows[:, 0]]


def doubts(**options):
    ensemble = DoubtEnsemble(cleanlab=CleanlabReason(Model(), **options))
    values = np.unique(ensemble.get_predicates(rows, given).to_numpy())
    found = ensemble.get_indices(rows, given)
    print(f'{options or "defaults"}: doubts {values.tolist()}, first {found[:5].tolist()}')
    assert values.tolist() == [0.0, 1.0], 'doubts differ now'
    return found


default = doubts()
for options in (
    dict(sorted_index_method='self_confidence'),
    dict(min_doubt=0.9),
    dict(sorted_index_method='self_confidence', min_doubt=0.9),
):
    assert np.array_equal(doubts(**options), default), 'the settings change the order now'
ranked = find_label_issues(given, probabilities, return_indices_ranked_by='normalized_margin')
assert set(ranked) == set(default)
shared = len(set(ranked[:100]) & set(default[:100]))
print(f'cleanlab ranks {len(ranked)}, first {ranked[:5].tolist()}')
print(f'{shared} of the first 100 are among its first 100; chance: {1e4 / len(ranked):.0f}')
assert shared < 40, 'the order is that of cleanlab now'
print('as stated: the ranking is lost')
PYTHON
"$folder/env/bin/python" "$folder/order.py"
