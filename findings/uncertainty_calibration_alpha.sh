#!/usr/bin/env bash
# uncertainty-calibration 0.1.4 (Python 3.11): get_calibration_error_uncertainties(...,
# alpha=0.1) returns what it calls the 1 - alpha, so the 90 %, confidence interval of the
# calibration error, and which is the 99.9 % one: alpha is handed on as a fraction, its
# default too, and used as a percentage. With its 100 resamples this is very nearly from
# the smallest to the largest of them, whatever alpha is. The half interval, alpha=0.5, is
# several times too wide and all but equal to the 99 % one; differences between methods or
# noise levels look like chance that are not. Whoever asks for alpha=10 gets 90 %.
# Valid input: 1,000 calibrated probabilities and labels drawn from them.
# Seen: width for alpha 0.5, 0.1 and 0.01: 0.071, 0.076, 0.077; the 50 % and 90 % intervals
# of the same resamples are 0.016 and 0.041 wide, as are those of alpha=50 and alpha=10.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q uncertainty-calibration==0.1.4 scikit-learn==1.9.1 numpy==2.4.6
cat > "$folder/interval.py" <<'PYTHON'
import calibration
import numpy as np

SAMPLES, RESAMPLES = 1000, 100
rng = np.random.default_rng(0)
probabilities = rng.uniform(0, 1, SAMPLES)
labels = (rng.random(SAMPLES) < probabilities).astype(int)


def interval(**options):
    np.random.seed(0)
    lower, _, upper = calibration.get_calibration_error_uncertainties(
        probabilities, labels, **options
    )
    return upper - lower


def by_hand(share):
    np.random.seed(0)
    errors = []
    for _ in range(RESAMPLES):
        chosen = np.random.choice(SAMPLES, SAMPLES)
        errors.append(
            calibration.get_calibration_error(
                probabilities[chosen], labels[chosen], debias=False
            )
        )
    lower, upper = np.percentile(errors, [50 - share / 2, 50 + share / 2])
    return upper - lower


widths = {alpha: interval(alpha=alpha) for alpha in (0.5, 0.1, 0.01)}
for alpha, width in widths.items():
    right = by_hand(100 * (1 - alpha))
    print(f'alpha={alpha}: {width:.3f} wide; {1 - alpha:.0%} of the resamples: {right:.3f}')
print(f'default alpha: {interval():.3f} wide')
for alpha in (50, 10):
    print(f'alpha={alpha}: {interval(alpha=alpha):.3f} wide')
assert interval() == widths[0.1]
assert widths[0.5] > 3 * by_hand(50), 'alpha is a fraction now'
assert widths[0.1] > 1.5 * by_hand(90)
assert widths[0.5] > 0.9 * widths[0.01]
assert np.isclose(interval(alpha=10), by_hand(90))
assert np.isclose(interval(alpha=50), by_hand(50))
print('as stated: the interval hardly depends on alpha')
PYTHON
"$folder/env/bin/python" "$folder/interval.py"
