#!/usr/bin/env bash
# imbalanced-learn 0.14.2 (Python 3.11): SMOTE and ADASYN of pictures as they are stored, in
# uint8, make wrong pictures. A new point shall lie between two of the same class; their
# difference is taken in uint8 and wraps around, 104 - 105 is 255, so that a pixel between
# two pixels of about 105 may be 12 or 246. Nothing is said, and the result is uint8 again,
# so that only a look at the pictures shows it. The same numbers as int64 or float32 are
# right.
# Valid input: 60 rows of 64 pixels from 100 to 109, 50 of one class and 10 of another.
# Seen: new pixels of uint8: from 1 to 253 (ADASYN 0 to 255), 44 % of them outside of 100 to
# 109; of int64 and float32: all from 100 to 109.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q imbalanced-learn==0.14.2 scikit-learn==1.9.1 numpy==2.4.6
cat > "$folder/smote.py" <<'PYTHON'
import numpy as np
from imblearn.over_sampling import ADASYN, SMOTE

pixels = np.random.default_rng(0).integers(100, 110, (60, 64), dtype=np.uint8)
labels = np.repeat([0, 1], [50, 10])


def outside(sampler, dtype):
    rows, _ = sampler(random_state=0).fit_resample(pixels.astype(dtype), labels)
    new = rows[len(pixels) :]
    share = float(((new < 100) | (new > 109)).mean())
    print(f'{sampler.__name__} of {dtype}: {len(new)} new rows of {rows.dtype},', end=' ')
    print(f'{new.min():g} to {new.max():g}, {share:.0%} outside of 100 to 109')
    return share


print('pixels given: 100 to 109')
for sampler in (SMOTE, ADASYN):
    assert outside(sampler, 'uint8') > 0.3, f'{sampler.__name__} of uint8 is right now'
    assert outside(sampler, 'int64') == 0
    assert outside(sampler, 'float32') == 0
print('as stated: differences of uint8 wrap around')
PYTHON
"$folder/env/bin/python" "$folder/smote.py"
