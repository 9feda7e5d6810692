#!/usr/bin/env bash
# crowd-kit 1.4.2, NumPy 2.4.6, SciPy 1.17.1 (Python 3.11): the skills_ and biases_ of
# NoisyBradleyTerry are random numbers. The model ranks items by comparisons of two, as
# BradleyTerry does, with a skill of each annotator, so that who clicks at random counts
# less. The gradient by which it is fitted has for each annotator that of his last
# comparison instead of the sum, one place too early, in the place of another annotator,
# and for the first one in that of the last item. The search for the maximum ends after
# a few steps, and skills and biases stay near the numbers drawn at the start, the same
# ones in each call. Random clickers are not found, and they count as much as all
# others, so that the scores are all too close together. No error, no warning: what the
# search says about its end is not looked at.
# Valid input: six annotators compare eight pictures, 150 pairs each; the first, third
# and fifth are good, the others click at random; three draws of them.
# Seen: skills 0.51, 0.51, 0.70, 0.69, 0.71, 0.73, the best of a random clicker, in the
# other draws the same to 0.05. With the same likelihood and start, and the gradient by
# differences: 0.90, 0, 1, 0, 0.99, 0.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q numpy==2.4.6 pandas==3.1.1 \
    scikit-learn==1.9.1 scipy==1.17.1 nltk==3.10.4 attrs==26.1.0 tqdm==4.70.1
"$folder/env/bin/python" -m pip install -q --no-deps crowd-kit==1.4.2
cat > "$folder/skills.py" <<'PYTHON'
import numpy as np
import pandas as pd
from crowdkit.aggregation import NoisyBradleyTerry
from scipy.optimize import approx_fprime, minimize
from scipy.special import expit

ITEMS, WORKERS, EACH = 8, 6, 150
good = np.arange(WORKERS) % 2 == 0


def comparisons(seed):
    # Left, right and winner, numbered in the order of the names.
    rng = np.random.default_rng(seed)
    rows = []
    for worker in range(WORKERS):
        for _ in range(EACH):
            left, right = rng.choice(ITEMS, 2, replace=False)
            chance = expit(right - left) if good[worker] else 0.5
            rows.append((worker, left, right, left if rng.random() < chance else right))
    return np.array(rows)


def by_library(rows):
    columns = ['worker', 'left', 'right', 'label']
    model = NoisyBradleyTerry().fit(pd.DataFrame(rows, columns=columns))
    assert list(model.skills_.index) == list(range(WORKERS))
    return model.skills_.to_numpy(), model.scores_.sort_index().to_numpy()


def by_differences(rows):
    likelihood = NoisyBradleyTerry._compute_log_likelihood
    arguments = rows[:, 1:] + 1, rows[:, 0], ITEMS, WORKERS, 1e-5
    np.random.seed(0)
    start = np.random.rand(1 + ITEMS + 2 * WORKERS)
    found = minimize(likelihood, start, args=arguments, method='L-BFGS-B').x
    gradients = (NoisyBradleyTerry._compute_gradient(start, *arguments),
                 approx_fprime(start, likelihood, 1e-7, *arguments))
    wrong = np.flatnonzero(np.abs(np.subtract(*gradients)) > 0.05)
    return expit(found[-WORKERS:]), expit(found[1:1 + ITEMS]), wrong


skills = []
for seed in range(3):
    rows = comparisons(seed)
    found, scores = by_library(rows)
    expected, other_scores, wrong = by_differences(rows)
    print(f'skills {np.round(found, 2)}, '
          f'gradient by differences {np.round(expected, 2)}')
    print(f'    scores {np.round(scores, 2)}, and {np.round(other_scores, 2)}')
    print(f'    wrong in the gradient: {wrong.tolist()} (items are 1 to {ITEMS})')
    assert expected[good].min() > 0.8 and expected[~good].max() < 0.2
    assert not found[good].min() > found[~good].max(), 'random clickers are found now'
    assert np.ptp(scores) < np.ptp(other_scores) - 0.3
    assert ITEMS in wrong and not set(wrong) & set(range(ITEMS))
    assert len(wrong) > WORKERS
    skills.append(found)
assert np.ptp(skills, axis=0).max() < 0.1
print('as stated: skills are what was drawn at the start')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/skills.py"
