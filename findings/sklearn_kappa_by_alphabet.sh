#!/usr/bin/env bash
# scikit-learn 1.9.1 (Python 3.11): cohen_kappa_score(weights='quadratic') of severities in
# words finds that two raters who take "none" for "severe" agree better than two who take
# "none" for "mild". How far two labels are apart goes by their places in the sorted list of
# labels, and in the alphabet it is mild, moderate, none, severe. With numbers the alphabet is
# right, and a grade that nobody gave leaves no gap: of the grades 0, 1 and 4, 1 and 4
# are neighbours, until one more image, on which both agree, is a 2 or a 3. labels=[...]
# with all labels in their order is right in both cases; its description speaks of
# selecting labels, and that the weights depend on it, none does.
# Valid input: 100 ratings by two raters, as words or as the grades 0 to 4.
# Seen: none for severe 0.947 in words, 0.639 in order; none for mild 0.787 and 0.952;
# grades without a 2 and a 3 0.664, with one image of each 0.921, with all labels 0.920.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q scikit-learn==1.9.1 numpy==2.4.6
cat > "$folder/kappa.py" <<'PYTHON'
from sklearn.metrics import cohen_kappa_score


def kappa(counts, labels=None):
    first = [a for (a, b), count in counts.items() for _ in range(count)]
    second = [b for (a, b), count in counts.items() for _ in range(count)]
    return round(cohen_kappa_score(first, second, weights='quadratic', labels=labels), 3)


order = ['none', 'mild', 'moderate', 'severe']
agreed = {('none', 'none'): 40, ('mild', 'mild'): 20, ('moderate', 'moderate'): 20,
          ('severe', 'severe'): 10}
far = {**agreed, ('none', 'severe'): 5, ('severe', 'none'): 5}
near = {**agreed, ('none', 'mild'): 5, ('mild', 'none'): 5}
print('none for severe:', kappa(far), ' with labels in order:', kappa(far, order))
print('none for mild:  ', kappa(near), ' with labels in order:', kappa(near, order))
assert kappa(far, order) < kappa(near, order)
assert kappa(far) > kappa(near) + 0.1, 'words are not ordered by the alphabet now'

grades = {(0, 0): 20, (0, 1): 30, (1, 0): 30, (1, 1): 20, (4, 4): 40}
more = {**grades, (2, 2): 1, (3, 3): 1}
whole = range(5)
print('grades 0, 1, 4: ', kappa(grades), ' with labels 0 to 4:', kappa(grades, list(whole)))
print('and a 2 and a 3:', kappa(more), ' with labels 0 to 4:', kappa(more, list(whole)))
assert abs(kappa(grades, list(whole)) - kappa(more, list(whole))) < 0.01
assert kappa(grades) < kappa(more) - 0.2, 'grades that nobody gave leave their gap now'
print('as stated: distances are counted in the sorted list of labels that occur')
PYTHON
"$folder/env/bin/python" "$folder/kappa.py"
