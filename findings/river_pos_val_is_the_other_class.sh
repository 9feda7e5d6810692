#!/usr/bin/env bash
# river 0.26.1, NumPy 2.4.6 (Python 3.11): Precision(pos_val=0) is the precision of
# class 1, and Precision(pos_val='noisy') is 0 for a perfect model. pos_val is
# documented as the value to treat as "positive". Each pair of labels is turned into "is
# it pos_val?", True or False, and with it the counts are stored; then they are looked
# up under pos_val itself. For True and 1 this is the right entry; for False and 0 it is
# that of all *other* samples, so that the numbers of the classes are exchanged; for any
# other label, a word or a 2, there is none, and the metric is 0 for good. Recall, F1
# and FBeta do the same, and ROCAUC, of which the area is 0 as well. Nothing is warned
# of. ClassificationReport, which stores labels as they are, is right.
# Valid input: 1,000 labels, 900 of them 0 and 100 of them 1, and predictions that find
# all 1 and take 50 of the 0 for a 1; the same as words.
# Seen: precision 1.0 for class 0, 0.667 for class 1; pos_val=0 gives 0.667, as
# pos_val=1 does; pos_val='clean' and pos_val='noisy' give 0.0, also for the area under
# the curve of a score that is right for each sample.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q river==0.26.1 numpy==2.4.6 scipy==1.17.1 \
    pandas==3.1.1
cat > "$folder/positive.py" <<'PYTHON'
from river import metrics

truth = [0] * 900 + [1] * 100
found = [0] * 850 + [1] * 150


def by_hand(kind, positive):
    both = sum(t == f == positive for t, f in zip(truth, found))
    return both / (found if kind == 'Precision' else truth).count(positive)


def value(kind, names, positive):
    metric = getattr(metrics, kind)(pos_val=names[positive])
    for t, f in zip(truth, found):
        metric.update(names[t], names[f])
    return round(metric.get(), 6)


words = ['clean', 'noisy']
for kind in ('Precision', 'Recall'):
    expected = [round(by_hand(kind, positive), 6) for positive in (0, 1)]
    numbers = [value(kind, [0, 1], positive) for positive in (0, 1)]
    named = [value(kind, words, positive) for positive in (0, 1)]
    print(f'{kind} of class 0 and 1 by hand {expected}')
    print(f'  pos_val=0 {numbers[0]}, pos_val=1 {numbers[1]}')
    print(f'  pos_val="clean" {named[0]}, pos_val="noisy" {named[1]}')
    assert expected[0] != expected[1]
    assert numbers == [expected[1]] * 2, 'class 0 has its own value now'
    assert named == [0, 0], 'words have a value now'
area = {}
for names in ([False, True], words):
    metric = metrics.ROCAUC(pos_val=names[1])
    for t in truth:
        metric.update(names[t], 0.1 + 0.8 * t)
    area[names[1]] = abs(metric.get())
print('area under the curve of a score that is always right:', area)
assert area == {True: 1, 'noisy': 0}
print('as stated: only True and 1 can be the positive value')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/positive.py"
