#!/usr/bin/env bash
# scikit-learn 1.9.1 (Python 3.11): LabelPropagation and LabelSpreading label samples that
# no label reaches, all with the first class. Samples without a link to a labelled one have
# a row of zeros in label_distributions_, and the largest of equal numbers is the first:
# nothing is warned of, and transduction_ looks complete. Call the classes otherwise, so
# that they sort otherwise, and the same samples are of the other class. With the default
# kernel, a link is exactly zero at a distance of 6.2; a kernel of neighbours is cut as
# easily by a group that holds no label.
# Valid input: three groups of 20 points in the plane, two with a label and one without.
# Seen: labels a (group 0), b (group 1): group 2 is all "a"; called z and b: all "b".
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q scikit-learn==1.9.1 numpy==2.4.6
cat > "$folder/spread.py" <<'PYTHON'
import numpy as np
from sklearn.semi_supervised import LabelPropagation, LabelSpreading

rng = np.random.default_rng(0)
points = np.concatenate([rng.normal(place, 0.5, (20, 2)) for place in (0, 5, 15)])
known = [0, 20]


def third_group(model, first, second):
    # Labels in the order of their names, as LabelEncoder would number them.
    names = sorted((first, second))
    labels = np.full(60, -1)
    labels[known] = [names.index(first), names.index(second)]
    model.fit(points, labels)
    parts = model.transduction_.reshape(3, 20)
    groups = [sorted({names[i] for i in part}) for part in parts]
    print(f'  {first}, {second}: groups 0, 1, 2 are {groups}')
    assert not model.label_distributions_[40:].any()
    return groups


for model in (
    LabelPropagation(),
    LabelSpreading(),
    LabelPropagation('knn', n_neighbors=10),
):
    print(model)
    assert third_group(model, 'a', 'b') == [['a'], ['b'], ['a']], 'group 2 is left now'
    assert third_group(model, 'z', 'b') == [['z'], ['b'], ['b']]
print('as stated: the group without a label has the first class')
PYTHON
"$folder/env/bin/python" -W error "$folder/spread.py"
