#!/usr/bin/env bash
# PyCM 4.6, NumPy 2.4.6 (Python 3.11): relabelling a copy of a confusion matrix relabels
# the statistics of the original. copy(), "create a copy of the confusion matrix",
# shares with it the dictionary of all class statistics, and relabel() of the copy
# writes its own names into it. If the names are exchanged, as 0 and 1 are for a matrix
# seen from the other class, the original still has its matrix and its attributes
# (cm.TPR), and its class_stat, its report and its files say the contrary: the rate of
# class 1 is given for class 0. If the names are new, its report stops with a KeyError
# and average() is the word 'None'. Nothing is warned of.
# Valid input: 100 labels of two classes and their predictions; a copy, relabelled.
# Seen: for class 0 and 1 of the original, TPR 0.944 and 0.4 by attribute, before and
# after; by class_stat and in the printed report 0.944 and 0.4 before, 0.4 and 0.944
# after.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q pycm==4.6 numpy==2.4.6
cat > "$folder/copy_of.py" <<'PYTHON'
import copy

from pycm import ConfusionMatrix

truth = [0] * 90 + [1] * 10
found = [0] * 85 + [1] * 5 + [0] * 6 + [1] * 4


def report(matrix):
    line = next(li for li in str(matrix).split('\n') if li.startswith('TPR('))
    return [float(word) for word in line.split()[-2:]]


def rates(matrix):
    return [round(matrix.class_stat['TPR'][label], 5) for label in (0, 1)]


original = ConfusionMatrix(truth, found)
before = rates(original), report(original), dict(original.TPR)
table = copy.deepcopy(original.table)
print('original, TPR of class 0 and 1:', *before)
turned = original.copy()
turned.relabel({0: 1, 1: 0})
after = rates(original), report(original), dict(original.TPR)
print('after a copy was relabelled:   ', *after)
assert before[0] == before[1] == [0.94444, 0.4]
assert original.classes == [0, 1] and original.table == table
assert after[2] == before[2]
assert after[0] == after[1] == [0.4, 0.94444], 'a copy has its own statistics now'

original = ConfusionMatrix(truth, found)
assert abs(original.average('TPR') - (0.94444 + 0.4) / 2) < 1e-5
original.copy().relabel({0: 'clean', 1: 'noisy'})
print('average of the original after new names for a copy:', original.average('TPR'))
assert original.average('TPR') == 'None'
print('as stated: a copy shares its statistics with the original')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/copy_of.py"
