#!/usr/bin/env bash
# uncertainty-toolbox 0.1.1, SciPy 1.17.1, NumPy 2.4.6 (Python 3.11): recalibrating the
# quantiles of predictions that are too low makes them lower still. The share of truths
# below a predicted quantile is counted with the error the wrong way round, prediction
# minus truth and not truth minus prediction, so that what is counted is the share
# *above* the mirrored one; get_quantile_recalibrator then moves each quantile to the
# wrong side by as much as it should have moved it to the right one. The documentation
# of get_proportion_under_quantile says "the proportion of data below the quantile
# level". For errors that are as often too large as too small, both are the same, and so
# is the calibration error, which takes absolute values: only the recalibrated quantiles
# show it, and only if the predictions are biased, which is what recalibration is for.
# get_interval_recalibrator is not concerned.
# Valid input: 2,000 predictions that are one standard deviation too low.
# Seen: share of truths below the quantiles 0.1, 0.5 and 0.9: 0.01, 0.17, 0.62 as
# predicted and 0.00, 0.02, 0.25 recalibrated; the median moves from -1 to -1.97, the
# truths' is 0. With truths and predictions exchanged on calibration: 0.10, 0.50, 0.90.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q uncertainty-toolbox==0.1.1 numpy==2.4.6 \
    scipy==1.17.1 scikit-learn==1.9.1 matplotlib==3.11.2 tqdm==4.70.1
cat > "$folder/quantiles.py" <<'PYTHON'
import numpy as np
from uncertainty_toolbox.metrics_calibration import (
    get_proportion_under_quantile,
    get_quantile,
)
from uncertainty_toolbox.recalibration import get_quantile_recalibrator

levels = [0.1, 0.5, 0.9]
rng = np.random.default_rng(0)


def shares(predicted, truth, quantile):
    stds = np.ones_like(predicted)
    return [float((truth <= quantile(predicted, stds, q)).mean()) for q in levels]


def of_bias(bias):
    truth = rng.normal(0, 1, 2000)
    predicted = np.full(2000, bias)
    stds = np.ones(2000)
    recalibrated = get_quantile_recalibrator(predicted, stds, truth)
    # With the two exchanged, the error has the sign that it should have.
    exchanged = get_quantile_recalibrator(truth, stds, predicted)
    median = float(recalibrated(predicted[:1], stds[:1], 0.5)[0])
    found = {name: shares(predicted, truth, quantile) for name, quantile in
             dict(predicted=get_quantile, recalibrated=recalibrated,
                  exchanged=exchanged).items()}
    print(f'predictions of {bias:+.0f}, truths around 0: '
          f'recalibrated median {median:.2f}')
    for name, values in found.items():
        print(f'  truths below the quantiles {levels}, {name}:', np.round(values, 3))
    below = get_proportion_under_quantile(predicted, stds, truth, 0.5)
    real = found['predicted'][1]
    print(f'  get_proportion_under_quantile of the median {below:.3f}, '
          f'by count {real:.3f}')
    assert abs(below - (1 - real)) < 1e-9
    return median, found


for bias in (-1.0, 1.0):
    median, found = of_bias(bias)
    assert np.allclose(found['exchanged'], levels, atol=0.03)
    assert abs(median) > 1.8, 'the median moves to the truths now'
    errors = {name: np.abs(np.subtract(values, levels)).max()
              for name, values in found.items()}
    assert errors['recalibrated'] > errors['predicted'] + 0.1
found = of_bias(0.0)[1]
assert np.allclose(found['recalibrated'], levels, atol=0.05)
print('as stated: recalibrated quantiles are twice as far off')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/quantiles.py"
