#!/usr/bin/env bash
# imbalanced-learn 0.14.2, scikit-learn 1.9.1 (Python 3.11): where nothing has to be cleaned,
# RepeatedEditedNearestNeighbours mixes up which image has which label. sample_indices_, "the
# indices of the samples selected", by which one takes the files or pictures of the features
# that were cleaned, does not belong to the labels that fit_resample returns: these are
# sorted by class, and if the first round removes no sample, the sorting is applied to the
# indices twice. One sample that is removed, and they are right; so they are from
# EditedNearestNeighbours and AllKNN. Taken as a set, or for data sorted by class, they are
# right as well, so that a test with sorted data passes.
# Valid input: 200 images of two classes that lie apart, 80 and 120, shuffled.
# Seen: labels at sample_indices_ equal to those returned: 0.58 with nothing removed, 1.0 with
# one sample removed, by the other two methods, and for the same data sorted.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q imbalanced-learn==0.14.2 scikit-learn==1.9.1 \
    scipy==1.17.1 numpy==2.4.6
cat > "$folder/indices.py" <<'PYTHON'
import numpy as np
from imblearn.under_sampling import (
    AllKNN,
    EditedNearestNeighbours,
    RepeatedEditedNearestNeighbours,
)

CLASSES = ('bird', 'cat')
rng = np.random.default_rng(0)
features = np.concatenate([rng.normal(0, 1, (80, 8)), rng.normal(10, 1, (120, 8))])
labels = np.repeat(CLASSES, [80, 120])
shuffled = rng.permutation(labels.size)


def share_right(method, features, labels):
    sampler = method()
    kept_features, kept_labels = sampler.fit_resample(features, labels)
    kept = sampler.sample_indices_
    assert len(kept) == len(kept_labels) == len(set(kept))
    share = float((labels[kept] == kept_labels).mean())
    same = float((features[kept] == kept_features).all(axis=1).mean())
    print(f'{method.__name__}: {len(kept)} of {len(labels)} kept, label as returned {share:.3f},'
          f' features {same:.3f}')
    return len(kept), share


repeated = RepeatedEditedNearestNeighbours
images = features[shuffled], labels[shuffled]
for method in (EditedNearestNeighbours, AllKNN):
    assert share_right(method, *images) == (200, 1)
kept, share = share_right(repeated, *images)
print('the same, sorted by class:')
assert share_right(repeated, features, labels) == (200, 1)
print('one wrong label more:')
wrong = np.concatenate([images[0], rng.normal(0, 1, (1, 8))]), np.append(images[1], 'cat')
assert share_right(repeated, *wrong)[1] == 1
assert kept == 200 and share < 0.7, 'indices and labels belong together now'
print('as stated: with nothing to clean, indices and labels do not belong together')
PYTHON
"$folder/env/bin/python" "$folder/indices.py"
