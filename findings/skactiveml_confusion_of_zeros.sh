#!/usr/bin/env bash
# scikit-activeml 1.0.1, scikit-learn 1.9.1, NumPy 2.4.6 (Python 3.11): the confusion
# matrices of annotators are all zeros, unless they are normalized. ext_confusion_matrix
# is scikit-learn's confusion_matrix for several annotators with gaps in their labels;
# with normalize=None, which is the default, the counts of each annotator are made and
# not stored. A sum of zeros says that nobody labelled anything, and a rate taken from
# them is 0 or NaN. And classes=['dog', 'cat'], of which the documentation says that it
# "may be used to reorder", reorders nothing: rows and columns go by the alphabet, so
# that, read as asked for, the matrix of an annotator who takes every tenth dog for a
# cat shows one who does it with cats.
# Valid input: 100 true labels, two annotators, one with gaps.
# Seen: by default 0 in all cells, where scikit-learn has 36, 4, 0, 60; with
# normalize='true' 0.9, 0.1, 0, 1 for dog and cat in scikit-learn, and 1, 0, 0.1, 0.9
# here.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q scikit-learn==1.9.1 numpy==2.4.6 \
    scipy==1.17.1 makefun==1.16.0
"$folder/env/bin/python" -m pip install -q --no-deps scikit-activeml==1.0.1
cat > "$folder/zeros.py" <<'PYTHON'
import numpy as np
from skactiveml.utils import ext_confusion_matrix
from sklearn.metrics import confusion_matrix

truth = np.array(['dog'] * 40 + ['cat'] * 60, dtype=object)
first = truth.copy()
first[:40:10] = 'cat'
second = truth.copy()
second[::5] = None
order = ['dog', 'cat']


def annotators(**arguments):
    votes = np.column_stack([first, second])
    return ext_confusion_matrix(truth, votes, missing_label=None, **arguments)


def by_sklearn(votes, **arguments):
    asked = votes != None  # noqa: E711 (each of them)
    pairs = truth[asked].astype(str), votes[asked].astype(str)
    return confusion_matrix(*pairs, labels=order, **arguments)


expected = [by_sklearn(votes) for votes in (first, second)]
counts = annotators(classes=order)
print('counts by scikit-learn, dog and cat:', *(m.tolist() for m in expected))
print('counts for annotators:              ', *(m.tolist() for m in counts))
assert expected[0].tolist() == [[36, 4], [0, 60]]
assert expected[1].sum() == 80
assert counts.shape == (2, 2, 2) and not counts.any(), 'something is counted now'
assert not annotators().any()

expected = by_sklearn(first, normalize='true')
rates = annotators(classes=order, normalize='true')[0]
print('rates by scikit-learn, dog and cat: ', expected.tolist())
print('rates for annotators, the same:     ', rates.tolist())
assert expected.tolist() == [[0.9, 0.1], [0, 1]]
assert rates.tolist() == [[1, 0], [0.1, 0.9]], 'the order of the classes counts now'
print('as stated: nothing is counted, and nothing is reordered')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/zeros.py"
