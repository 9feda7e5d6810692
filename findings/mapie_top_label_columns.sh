#!/usr/bin/env bash
# MAPIE 1.6.0, scikit-learn 1.9.1, NumPy 2.4.6 (Python 3.11): TopLabelCalibrator.predict_proba
# of one image has its probability in the column of the first class, whatever is predicted. A
# prediction goes into the column with the number that its class has among the classes that are
# predicted *in this call*, and not among classes_: with all of them there, as in the
# documentation's example and in a large test set, it is right; in batches of 8 it is wrong
# for most of the images, and in a test set in which one class is never predicted for all later
# classes. The other columns are NaN, so that nothing shows it; predict() is right, and
# MAPIE's own top_label_ece of these probabilities is far off.
# Valid input: 1,200 points of ten classes, a third each for model, calibrator and test, prefit.
# Seen, class of the largest probability equal to predict(): all 400 at once 1.0, in batches of
# 32 0.89, of 8 0.17, one by one 0.10, those of class 0; without class 0 0.0; top_label_ece
# without class 0 0.78, and with each probability in the column of its class 0.08.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q mapie==1.6.0 scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
cat > "$folder/columns.py" <<'PYTHON'
import numpy as np
from mapie.calibration import TopLabelCalibrator
from mapie.metrics.calibration import top_label_ece
from sklearn.linear_model import LogisticRegression

CLASSES, EACH = 10, 120
rng = np.random.default_rng(0)
labels = np.repeat(np.arange(CLASSES), EACH)
points = rng.normal(0, 1, (labels.size, 2)) + 3 * np.column_stack([labels % 2, labels // 2])
order = rng.permutation(labels.size)
training, calibration, test = np.split(order, 3)
model = LogisticRegression(max_iter=1000).fit(points[training], labels[training])
calibrator = TopLabelCalibrator(model, cv='prefit')
calibrator.fit(points[calibration], labels[calibration])


def in_batches(images, size):
    batches = np.split(images, range(size, len(images), size))
    return np.concatenate([calibrator.predict_proba(points[batch]) for batch in batches])


def share_right(images, size):
    probabilities = in_batches(images, size)
    assert probabilities.shape == (len(images), CLASSES)
    assert (np.isfinite(probabilities).sum(1) == 1).all()
    read = calibrator.classes_[np.nanargmax(probabilities, axis=1)]
    return float((read == calibrator.predict(points[images])).mean())


predicted = calibrator.predict(points[test])
assert set(predicted) == set(calibrator.classes_) == set(range(CLASSES))
shares = {size: share_right(test, size) for size in (len(test), 32, 8, 1)}
for size, share in shares.items():
    print(f'in batches of {size}: the column is that of the class predicted for {share:.3f}')
    print(f'    (class 0 is predicted for {(predicted == 0).mean():.3f})')
without = test[predicted != 0]
share = share_right(without, len(without))
print(f'test set in which class 0 is never predicted: {share:.3f}')

probabilities = in_batches(without, len(without))
placed = np.full_like(probabilities, np.nan)
rows = np.arange(len(without))
placed[rows, predicted[predicted != 0]] = np.nanmax(probabilities, axis=1)
errors = [top_label_ece(labels[without], scores, num_bins=5) for scores in (probabilities, placed)]
print('top_label_ece without class 0:', *np.round(errors, 3), '(as returned, as it should be)')

assert shares[len(test)] == 1
assert shares[1] == (predicted == 0).mean(), 'one image has the column of its class now'
assert shares[32] < 0.95 and shares[8] < 0.5
assert share == 0
assert errors[0] > 0.5 and errors[1] < 0.15
print('as stated: the column is counted among the classes of the call')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/columns.py"
