#!/usr/bin/env bash
# MAPIE 1.6.0, scikit-learn 1.9.1, NumPy 2.4.6 (Python 3.11): with split_strategy='array split',
# expected_calibration_error depends on the order of the samples, and is about 0 for a
# confidence that says nothing. The samples are cut into num_bins pieces as they come, and the
# largest score of each piece is taken for a border between bins: in any mixed order, all
# borders but the last are near the largest score of all, and nearly all samples are in the
# first bin, in which only the mean of confidence and accuracy is compared. Sorted by
# score, the same samples are split into equal parts, as the name promises. The
# documentation names the three strategies, and no order that would be needed;
# top_label_ece has the same. "uniform", the default, and "quantile" do not depend on it.
# Valid input: 2,000 images, confidence from 0.5 to 1, right with 0.75 whatever it is.
# Seen: "array split" in mixed order 0.01, sorted 0.134; "uniform" and "quantile" 0.134 and
# 0.133 in both; in mixed order, 99 % of the samples are in the first of ten bins.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q mapie==1.6.0 scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
cat > "$folder/order.py" <<'PYTHON'
import numpy as np
from mapie.metrics.calibration import expected_calibration_error, top_label_ece

IMAGES, BINS = 2000, 10
rng = np.random.default_rng(0)
confidence = rng.uniform(0.5, 1, IMAGES)
right = (rng.random(IMAGES) < 0.75).astype(int)
by_score = np.argsort(confidence)
orders = dict(mixed=np.arange(IMAGES), mixed_again=rng.permutation(IMAGES), sorted=by_score)


def by_hand():
    """Ten parts of equal size by score."""
    parts = np.array_split(by_score, BINS)
    gaps = [abs(right[part].mean() - confidence[part].mean()) for part in parts]
    return np.average(gaps, weights=[len(part) for part in parts])


errors = {
    strategy: {
        name: expected_calibration_error(
            right[order], confidence[order], num_bins=BINS, split_strategy=strategy
        )
        for name, order in orders.items()
    }
    for strategy in ('uniform', 'quantile', 'array split')
}
for strategy, values in errors.items():
    print(f'{strategy}:', {name: round(value, 3) for name, value in values.items()})
print(f'by hand, ten parts: {by_hand():.3f}')
largest = [part.max() for part in np.array_split(confidence, BINS)[:-1]]
first = (confidence <= min(largest)).mean()
print(f'mixed order: borders {min(largest):.3f} to {max(largest):.3f}, {first:.3f} in the first bin')
predicted = np.ones(IMAGES, int)
top = [
    top_label_ece(
        right[order], confidence[order], predicted, num_bins=BINS, split_strategy='array split'
    )
    for order in orders.values()
]
print('top_label_ece of one class:', *np.round(top, 3))

split = errors['array split']
for strategy in ('uniform', 'quantile'):
    values = list(errors[strategy].values())
    assert np.allclose(values, values[0]) and values[0] > 0.1
assert np.isclose(split['sorted'], by_hand(), atol=0.005)
assert np.allclose(top, list(split.values()))
assert split['mixed'] < 0.04 and split['mixed_again'] < 0.04, 'the scores are sorted now'
assert first > 0.95
print('as stated: the error depends on the order of the samples')
PYTHON
"$folder/env/bin/python" "$folder/order.py"
