#!/usr/bin/env bash
# PUNCC 0.9.3, scikit-learn 1.7.2, NumPy 1.26.4 (Python 3.11): a conformal prediction
# set of APS or RAPS holds at most as many classes as there are images in the call. The
# number of classes in a set is cut to the number of samples, where a comment says that
# the cut is there for probabilities that do not add up to one, so that the number of
# classes is meant. In a test set of hundreds of images nothing shows, and the coverage
# is what was asked for; with fewer images in a call than classes, as in the last batch
# of an epoch, small batches of large images or one image at a time in use, the sets are
# too small, and of one image there is one class, as sure or unsure as it may be: the
# coverage is then the accuracy. Nothing is warned of; LAC is not concerned.
# Valid input: ten classes, a model that is right for 39 %, 1,000 samples each to train,
# to calibrate and to test, alpha=0.1, so that 90 % are to be covered.
# Seen: coverage of APS, rand=False, in batches of 1000, 100 and 10 samples 0.954, of
# 4 0.858, of 2 0.633 and one by one 0.387, with 5.4, 3.8, 2 and 1 classes in a set;
# with RAPS the same.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q puncc==0.9.3 numpy==1.26.4 \
    scikit-learn==1.7.2 scipy==1.15.3 pandas==2.3.3 matplotlib==3.10.8
cat > "$folder/sets.py" <<'PYTHON'
import numpy as np
from deel.puncc.api.prediction import BasePredictor
from deel.puncc.classification import APS, LAC, RAPS
from deel.puncc.metrics import (
    classification_mean_coverage,
    classification_mean_size,
)
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(0)
labels = rng.integers(0, 10, 3000)
points = rng.normal(0, 1, (3000, 2)) + 1.2 * np.column_stack([labels % 4, labels // 4])
training, calibration, test = np.split(np.arange(3000), 3)


class Probabilities(BasePredictor):
    def predict(self, X, **kwargs):
        return self.model.predict_proba(X)


def in_batches(method, size, **arguments):
    conformal = method(Probabilities(LogisticRegression(max_iter=1000)), **arguments)
    conformal.fit(X_fit=points[training], y_fit=labels[training],
                  X_calib=points[calibration], y_calib=labels[calibration])
    sets, predicted = [], []
    for batch in np.split(test, range(size, len(test), size)):
        probabilities, found = conformal.predict(points[batch], alpha=0.1)
        sets += [[int(label) for label in chosen] for chosen in found]
        predicted.append(probabilities)
    accuracy = (np.concatenate(predicted).argmax(1) == labels[test]).mean()
    coverage = classification_mean_coverage(labels[test], sets)
    return coverage, float(classification_mean_size(sets)), float(accuracy)


methods = dict(APS=(APS, dict(rand=False)), LAC=(LAC, {}),
               RAPS=(RAPS, dict(lambd=0.01, k_reg=2, rand=False)))
for name, (method, arguments) in methods.items():
    found = {size: in_batches(method, size, **arguments)
             for size in (1000, 100, 10, 4, 2, 1)}
    for size, (coverage, classes, accuracy) in found.items():
        print(f'{name} in batches of {size}: {coverage:.3f} covered, '
              f'{classes:.1f} classes a set (accuracy {accuracy:.3f})')
    assert found[1000][0] > 0.87
    if name == 'LAC':
        assert len(set(found.values())) == 1
        continue
    assert found[1000] == found[100] == found[10]
    assert found[1][0] == found[1][2], 'one image has as many classes as it needs now'
    assert found[1][1] == 1 and found[2][1] <= 2
    assert found[4][0] < 0.9 and found[2][0] < 0.7
print('as stated: no more classes in a set than images in the call')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/sets.py"
