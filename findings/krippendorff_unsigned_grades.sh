#!/usr/bin/env bash
# krippendorff 0.9.0, NumPy 2.4.6 (Python 3.11): the alpha of three annotators who differ by one
# grade at most is 0.77 if their grades are int64, and 0.27 if the same grades are uint8, as
# masks, ratings and small labels are stored. By default the level is "interval": how bad a
# disagreement is goes by the square of the difference, and it is taken before the change to
# float64: 1 - 2 is 255. Grades that are neighbours are then *further* apart than the two
# ends of the scale, and of two pairs of annotators the worse one has the better alpha.
# "ratio" is wrong as well; "nominal" and "ordinal" do not subtract and are right. The
# documentation asks for array_like, and `dtype` is that of the computation; the code
# names unsigned integers as a kind that it takes. No warning.
# Valid input: grades 0 to 4 or 1 to 5 by two or three annotators, none missing.
# Seen: three annotators 0.768 and, as uint8, 0.274; two who differ by one grade in 40 % 0.888
# and 0.469; two of whom one takes the scale the other way round in 30 % 0.379 and 0.682.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q krippendorff==0.9.0 numpy==2.4.6
cat > "$folder/alpha.py" <<'PYTHON'
import krippendorff
import numpy as np

IMAGES = 500
rng = np.random.default_rng(0)


def by_hand(grades):
    """Krippendorff's alpha for interval data, every grade given: pairs within the images
    against all pairs."""
    grades = np.asarray(grades, float)
    raters, images = grades.shape
    within = ((grades[:, None] - grades[None]) ** 2).sum() / (images * raters * (raters - 1))
    values = grades.ravel()
    overall = ((values[:, None] - values[None]) ** 2).sum() / (values.size * (values.size - 1))
    return 1 - within / overall


truth = rng.integers(1, 6, IMAGES)
three = np.array([np.clip(truth + rng.integers(-1, 2, IMAGES), 1, 5) for _ in range(3)])
first = rng.integers(0, 5, IMAGES)
chance = rng.random(IMAGES)
near = np.array([first, np.where(chance < 0.4, np.where(first < 4, first + 1, 3), first)])
far = np.array([first, np.where(chance < 0.3, 4 - first, first)])

alphas = {}
for name, grades in dict(three=three, near=near, far=far).items():
    alphas[name] = {
        kind: float(krippendorff.alpha(grades.astype(kind)))
        for kind in ('int64', 'float64', 'uint8', 'uint16')
    }
    print(f'{name:5}', {kind: round(value, 3) for kind, value in alphas[name].items()})
    assert np.isclose(alphas[name]['int64'], by_hand(grades))
    assert np.isclose(alphas[name]['float64'], by_hand(grades))
for level in ('nominal', 'ordinal', 'ratio'):
    values = [
        float(krippendorff.alpha(three.astype(kind), level_of_measurement=level))
        for kind in ('int64', 'uint8')
    ]
    print(f'three, {level}: int64 {values[0]:.3f}, uint8 {values[1]:.3f}')
    assert np.isclose(*values) == (level != 'ratio')
assert alphas['three']['uint8'] < 0.4, 'unsigned grades are subtracted rightly now'
assert alphas['three']['uint16'] < 0.4
assert alphas['near']['int64'] > alphas['far']['int64'] + 0.4
assert alphas['near']['uint8'] < alphas['far']['uint8'] - 0.1
print('as stated: alpha depends on how the grades are stored')
PYTHON
"$folder/env/bin/python" -W error "$folder/alpha.py"
