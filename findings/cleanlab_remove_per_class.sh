#!/usr/bin/env bash
# cleanlab 2.9.0 (Python 3.11): find_label_issues(num_to_remove_per_class=[100, 0, 0]) with
# the default filter flags no sample that is labelled 0, and 100 that are labelled 1 or 2:
# with filter_by='prune_by_noise_rate' the numbers count classes that samples *belong* to
# by the model, not given labels. The documentation speaks of 100, give or take one, in
# class 0. 'prune_by_class' does that, and 'both', their intersection, flags nothing.
# As long as the same number is asked for in each class, little of it shows.
# Valid input: 3,000 samples, 3 classes, 20 % wrong labels, probabilities of a good model.
# Seen, flagged by given label: default [0, 51, 49], prune_by_class [100, 0, 0], both
# [0, 0, 0]; by true label, the default is [100, 0, 0].
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q cleanlab==2.9.0 numpy==2.4.6 scikit-learn==1.9.1 pandas==3.1.1
cat > "$folder/remove.py" <<'PYTHON'
import numpy as np
from cleanlab.filter import find_label_issues

rng = np.random.default_rng(0)
true = np.repeat(np.arange(3), 1000)
given = np.where(rng.random(3000) < 0.3, rng.integers(0, 3, 3000), true)
scores = rng.normal(size=(3000, 3)) + 4 * np.eye(3)[true]
probabilities = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)


def flagged(**options):
    mask = find_label_issues(
        given, probabilities, num_to_remove_per_class=[100, 0, 0], n_jobs=1, **options
    )
    of_given, of_true = (np.bincount(x[mask], minlength=3).tolist() for x in (given, true))
    print(f'{options or "default filter"}: given labels {of_given}, true labels {of_true}')
    return of_given


print('asked for: [100, 0, 0]')
default = flagged()
by_class = flagged(filter_by='prune_by_class')
both = flagged(filter_by='both')
assert default[0] == 0 and sum(default[1:]) > 90, 'the default filter obeys now'
assert by_class == [100, 0, 0]
assert both == [0, 0, 0]
print('as stated: the default filter flags in all classes but the one asked for')
PYTHON
"$folder/env/bin/python" "$folder/remove.py"
