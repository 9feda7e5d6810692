#!/usr/bin/env bash
# imbalanced-learn 0.14.2, scikit-learn 1.9.1 (Python 3.11): TomekLinks does not find the
# plainest contradiction, one picture twice with two labels. A link is a pair of samples of
# different classes that are each other's nearest neighbours. Each sample's neighbour is
# taken to be the second of the two found, the first being the sample itself; of two equal
# samples, the same one comes first for both, so that one is its own neighbour and there
# is no link. Change one pixel of the copy by 1, and both are removed. For the same reason
# EditedNearestNeighbours with one neighbour removes one of the two, which one depending
# on the order of the rows. Nothing about it is said in the documentation.
# Valid input: 200 dark and 200 bright pictures, 20 of the dark ones once more as bright.
# Seen: TomekLinks removes 0 of 20 pairs, of the copies with one pixel changed all 20;
# EditedNearestNeighbours one of each pair, and both of each pair if one pixel is changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q imbalanced-learn==0.14.2 scikit-learn==1.9.1 numpy==2.4.6
cat > "$folder/copies.py" <<'PYTHON'
import numpy as np
from imblearn.under_sampling import EditedNearestNeighbours, TomekLinks

GROUP, COPIES = 200, 20
rng = np.random.default_rng(0)
dark = rng.integers(0, 100, (GROUP, 64)).astype(float)
bright = rng.integers(156, 256, (GROUP, 64)).astype(float)


def removed(sampler, changed_by):
    copies = dark[:COPIES].copy()
    copies[:, 0] += changed_by
    pictures = np.concatenate([dark, bright, copies])
    labels = np.repeat([0, 1], [GROUP, GROUP + COPIES])
    sampler.fit_resample(pictures, labels)
    gone = np.ones(len(labels), bool)
    gone[sampler.sample_indices_] = False
    pairs = gone[:COPIES].astype(int) + gone[-COPIES:]
    both, one = int((pairs == 2).sum()), int((pairs == 1).sum())
    print(f'  copies changed by {changed_by}: both removed {both}, one removed {one},', end=' ')
    print(f'others removed {gone[COPIES:-COPIES].sum()}')
    return both, one


print(f'{COPIES} dark pictures are there once more, labelled as bright')
print('TomekLinks')
links = TomekLinks(sampling_strategy='all')
assert removed(links, changed_by=0) == (0, 0), 'exact copies are found now'
assert removed(links, changed_by=1) == (COPIES, 0)
print('EditedNearestNeighbours, one neighbour')
nearest = EditedNearestNeighbours(sampling_strategy='all', n_neighbors=1)
assert removed(nearest, changed_by=0) == (0, COPIES), 'another number is removed now'
assert removed(nearest, changed_by=1) == (COPIES, 0)
print('as stated: exact copies with two labels are no Tomek links')
PYTHON
"$folder/env/bin/python" "$folder/copies.py"
