#!/usr/bin/env bash
# torch 2.13.0, NumPy 2.4.6 (Python 3.11): torch.cdist finds the right nearest neighbours
# among 25 points and wrong ones as soon as there is a 26th. From 26 rows on it takes the
# squared distances apart into products of matrices, in which a mean that is large
# beside the spread uses up the digits of float32: a point is then up to 16 away from
# itself, and nearly all neighbours are wrong. The same 26 points less their mean, in
# float64, or with compute_mode='donot_use_mm_for_euclid_dist' have the right ones.
# So a test with a handful of points passes, and the data set of the user does not.
# Valid input: 26 float32 points, of normal distribution around 3000, in 64 dimensions.
# Seen: right neighbours of 25 points 25, of 26 points 1, less their mean 26. (How few are
# right depends on the processor's matrix product; the script asks for less than half.)
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q torch==2.13.0 numpy==2.4.6
cat > "$folder/neighbours.py" <<'PYTHON'
import torch

MODE = 'donot_use_mm_for_euclid_dist'
points = torch.randn(26, 64, generator=torch.Generator().manual_seed(0)) + 3000


def nearest(rows, **options):
    return torch.cdist(rows, rows, **options).fill_diagonal_(torch.inf).argmin(dim=1)


def right(rows, used, **options):
    return int((nearest(used, **options) == nearest(rows.double())).sum())


few = right(points[:25], points[:25])
many = right(points, points)
centred = right(points, points - points.mean(dim=0))
direct = right(points, points, compute_mode=MODE)
itself = float(torch.cdist(points, points).diagonal().max())
print(f'right neighbours: {few} of 25; {many} of 26, {centred} of 26 less their mean')
print(f'with {MODE!r}: {direct} of 26')
print(f'largest distance of a point to itself among 26: {itself:.2f}')
assert few == 25
assert many < 13 and itself > 1, '26 points are as right as 25 now'
assert centred == direct == 26
print('as stated: the 26th point spoils the neighbours of the others')
PYTHON
"$folder/env/bin/python" "$folder/neighbours.py"
