#!/usr/bin/env bash
# river 0.26.1, NumPy 2.4.6 (Python 3.11): a model that says nothing, or rules the right
# class out, has a cross entropy of 0, the best there is. CrossEntropy, "multiclass
# generalization of the logarithmic loss", adds the logarithm of the probability of the
# right class if the prediction names that class, and 0 if it does not. In a stream this
# happens by itself: river's models return {} before they have learned, and no entry for
# classes they have not yet met. Named with the probability 0, the same class costs
# 34.5. So each class that comes late lowers the mean, a model is rated the better the
# fewer classes it knows, and a selection by this metric, of which smaller is better,
# takes the one that knows none.
# Valid input: a stream of ten classes, five samples each, one class after the other,
# and predictions in river's own form.
# Seen: predictions {} 0.0; certain of a wrong class 0.0, and 34.5 if the right one is
# named with 0; naive Bayes 5.18, of ten samples without an entry counted with 34.5 each
# 12.1.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q river==0.26.1 numpy==2.4.6 scipy==1.17.1 \
    pandas==3.1.1
cat > "$folder/entropy.py" <<'PYTHON'
import random

from river import metrics, naive_bayes


def entropy(pairs):
    metric = metrics.CrossEntropy()
    for label, prediction in pairs:
        metric.update(label, prediction)
    return metric.get()


nothing = entropy([('cat', {})] * 100)
wrong = entropy([('cat', {'dog': 1.0})] * 100)
named = entropy([('cat', {'dog': 1.0, 'cat': 0.0})] * 100)
print(f'says nothing {nothing:.1f}; is sure that a cat is a dog {wrong:.1f}; '
      f'and gives the cat 0 {named:.1f}')
assert nothing == wrong == 0, 'a class that is not named costs something now'
assert named > 30

random.seed(0)
model = naive_bayes.GaussianNB()
pairs = []
for label in range(10):
    for _ in range(5):
        sample = {'x': random.gauss(label, 1)}
        pairs.append((label, dict(model.predict_proba_one(sample))))
        model.learn_one(sample, label)
unnamed = sum(label not in prediction for label, prediction in pairs)
seen = entropy(pairs)
full = entropy([(label, {label: 0.0, **prediction}) for label, prediction in pairs])
print(f'naive Bayes, {unnamed} of {len(pairs)} samples of a class not yet known: '
      f'{seen:.2f}, with these named with 0 {full:.2f}')
assert unnamed == 10
assert full > seen + 5
assert metrics.CrossEntropy().bigger_is_better is False
print('as stated: a class that is not named costs nothing')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/entropy.py"
