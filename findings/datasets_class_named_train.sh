#!/usr/bin/env bash
# datasets 5.2.0 (Python 3.11): load_dataset('imagefolder') of one folder for each class
# loses all classes but one, and the labels with them, as soon as a class has "train",
# "test", "dev", "eval", "valid" or the like as one of the words of its name. The classes
# bus, car and "train station" become one split with the pictures of the last, and no
# column "label"; "bullet-train" and "crash test dummy" do the same, "trains" does not.
# The words are looked for in every folder's name, and if one is found, files outside of
# such folders are left out without a word.
# Valid input: three folders with three PNG pictures each.
# Seen: bus, car, trains: 9 rows with labels; bus, car, train station: 3 rows, no labels;
# bus, car, crash test dummy: 3 rows in the split "test", no labels.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q datasets==5.2.0 pyarrow==26.0.1 pandas==3.1.1 numpy==2.4.6 pillow==13.0.0
cat > "$folder/classes.py" <<'PYTHON'
import sys
from pathlib import Path

import numpy as np
from datasets import disable_progress_bars, load_dataset
from PIL import Image

disable_progress_bars()
folder = Path(sys.argv[1])


def loaded(number, *classes):
    root = folder / f'pictures_{number}'
    for shade, name in enumerate(classes):
        (root / name).mkdir(parents=True)
        for i in range(3):
            pixels = np.full((8, 8, 3), 40 * shade + i, np.uint8)
            Image.fromarray(pixels).save(root / name / f'{i}.png')
    splits = load_dataset('imagefolder', data_dir=str(root), cache_dir=str(folder / 'cache'))
    seen = {name: (len(split), 'label' in split.features) for name, split in splits.items()}
    print(f'  {classes}: {seen}')
    return seen


print('classes: {split: (rows, whether there are labels)}')
assert loaded(0, 'bus', 'car', 'trains') == {'train': (9, True)}
assert loaded(1, 'bus', 'car', 'train station') == {'train': (3, False)}
assert loaded(2, 'bus', 'car', 'bullet-train') == {'train': (3, False)}
assert loaded(3, 'bus', 'car', 'crash test dummy') == {'test': (3, False)}
print('as stated: one class named like a split hides the others')
PYTHON
HF_HUB_OFFLINE=1 HF_HOME="$folder/home" "$folder/env/bin/python" "$folder/classes.py" "$folder"
