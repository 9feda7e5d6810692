#!/usr/bin/env bash
# irrCAC 0.4.4, pandas 2.3.3, SciPy 1.12.0 (Python 3.11): the p-value of the agreement
# by Brennan and Prediger from a table of ratings is half of what it should be, and so
# significant where nothing is. CAC of irrCAC.raw gives five coefficients, all but this
# one with the p-value of both sides; bp() has one of a single side, of the coefficient
# without its sign, so that it is not the one of more agreement than by chance either:
# raters who agree less than that have the same. irrCAC.table, for the same ratings as a
# table of counts, doubles it, and the confidence interval that comes with the p-value
# is of both sides, so that it contradicts it: 0 is in the interval of 95 %, and p is
# below 0.05. The documentation says no more than p-value.
# Valid input: 40 pictures, two raters, three classes; they agree on 19, and on nine.
# Seen: coefficient 0.212, interval of 95 % -0.030 to 0.455, p 0.042 by irrCAC.raw,
# 0.084 by its own z and the t distribution, 0.081 by irrCAC.table; coefficient -0.163,
# p 0.057, and 0.113 by its z.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q irrCAC==0.4.4 pandas==2.3.3 numpy==1.26.4 \
    scipy==1.12.0
cat > "$folder/half.py" <<'PYTHON'
import numpy as np
import pandas as pd
from irrCAC.raw import CAC as Raw
from irrCAC.table import CAC as Table
from scipy import stats

IMAGES = 40


def ratings(agree):
    first = np.arange(IMAGES) % 3
    second = np.where(np.arange(IMAGES) < agree, first, (first + 1) % 3)
    return pd.DataFrame(dict(first=first, second=second))


def both_sides(found):
    return 2 * stats.t.sf(abs(found['z']), IMAGES - 1)


for agree in (19, 9):
    frame = ratings(agree)
    found = Raw(frame).bp()['est']
    counts = pd.crosstab(frame['first'], frame['second'])
    table = Table(counts).bp()['est']
    low, high = map(float, found['confidence_interval'])
    print(f'{agree} of {IMAGES}: {found["coefficient_value"]:.3f} ({low:.3f} to '
          f'{high:.3f}), p {found["p_value"]:.4f}, by its z {both_sides(found):.4f}, '
          f'by irrCAC.table {table["p_value"]:.4f}')
    assert abs(found['coefficient_value'] - table['coefficient_value']) < 1e-4
    ratio = both_sides(found) / found['p_value']
    assert abs(ratio - 2) < 0.01, 'it has both sides now'
    for name in ('gwet', 'fleiss', 'krippendorff', 'conger'):
        other = getattr(Raw(frame), name)()['est']
        p_value = 2 * stats.t.sf(abs(other['z']), IMAGES - 1)
        assert abs(other['p_value'] - p_value) < 1e-3, name
    if agree == 19:
        assert low < 0 < high and found['p_value'] < 0.05 < table['p_value']
    else:
        assert found['coefficient_value'] < 0
print('as stated: one p-value of five is of one side, whichever it is')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/half.py"
