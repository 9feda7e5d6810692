#!/usr/bin/env bash
# CleanVision 0.3.7 (Python 3.11): pictures with different colours, or of different shapes,
# are reported as *exact* duplicates. The digest is of the pixel bytes without what gives
# them a meaning: two palette pictures (GIF, PNG-8) with the same indices and other
# palettes, one all reds and one with blue, green, yellow and white, are "exact
# duplicates"; so are a 60 x 40 picture and the 40 x 60 picture of the same bytes.
# The red picture saved again as RGB, the same in each pixel, is no exact duplicate of it.
# Near duplicates are judged by their looks: red and its copy, but not red and blue.
# Valid input: PNG files, two with palettes, two in grey, one in RGB that equals the red.
# Seen: exact {blue, red}, {tall, wide}; near {red, red_as_rgb}.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q 'setuptools<81' cleanvision==0.3.7 imagehash==4.3.2 numpy==2.4.6 pandas==3.1.1 pillow==13.0.0 scipy==1.17.1 matplotlib==3.11.2
mkdir "$folder/pictures"
cat > "$folder/duplicates.py" <<'PYTHON'
import sys
from pathlib import Path

import numpy as np
from cleanvision import Imagelab
from PIL import Image

folder = Path(sys.argv[1])
rng = np.random.default_rng(0)
indices = rng.integers(0, 4, (64, 64), dtype=np.uint8)
palettes = dict(
    red=[[255, 0, 0], [200, 0, 0], [100, 0, 0], [0, 0, 0]],
    blue=[[0, 0, 255], [0, 255, 0], [255, 255, 0], [255, 255, 255]],
)
for name, palette in palettes.items():
    picture = Image.frombytes('P', (64, 64), indices.tobytes())
    picture.putpalette(np.ravel(palette).tolist())
    picture.save(folder / f'{name}.png')
Image.open(folder / 'red.png').convert('RGB').save(folder / 'red_as_rgb.png')
grey = rng.integers(0, 255, (40, 60), dtype=np.uint8)
Image.fromarray(grey).save(folder / 'wide.png')
Image.fromarray(grey.reshape(60, 40)).save(folder / 'tall.png')

lab = Imagelab(data_path=str(folder))
kinds = ('exact_duplicates', 'near_duplicates')
lab.find_issues({kind: {} for kind in kinds}, n_jobs=1, verbose=False)
exact, near = (
    sorted(sorted(Path(path).stem for path in group) for group in lab.info[kind]['sets'])
    for kind in kinds
)
print('\nexact duplicates:', exact)
print('near duplicates: ', near)
assert exact == [['blue', 'red'], ['tall', 'wide']], 'palettes and shapes count now'
assert near == [['red', 'red_as_rgb']]
print('as stated: other colours and other shapes are exact duplicates')
PYTHON
"$folder/env/bin/python" "$folder/duplicates.py" "$folder/pictures" 2> "$folder/log" || { cat "$folder/log"; exit 1; }
