#!/usr/bin/env bash
# timm 1.0.31, torchvision 0.26.0, torch 2.11.0 (Python 3.11): one folder, two numberings.
# timm sorts the class folders as a person would (2 before 10, without regard to case),
# torchvision's ImageFolder as texts ("10" before "2", capitals first), as MMPretrain
# does. A network trained with the one and tested with the other has nearly all classes
# exchanged; with names in lower case that hold no numbers, nothing shows.
# Valid input: folders with one picture each, called 0 to 11, and Zebra, ant, Bee.
# Seen: label of folder "2": timm 2, torchvision 4; of "10": timm 10, torchvision 2;
# timm ant, Bee, Zebra; torchvision Bee, Zebra, ant.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q 'setuptools<81' torch==2.11.0 torchvision==0.26.0 timm==1.0.31 numpy==2.4.6 pillow==13.0.0
cat > "$folder/order.py" <<'PYTHON'
import sys
from pathlib import Path

from PIL import Image
from timm.data import create_dataset
from torchvision.datasets import ImageFolder

folder = Path(sys.argv[1])


def orders(root, names):
    for name in names:
        (folder / root / name).mkdir(parents=True)
        Image.new('RGB', (8, 8)).save(folder / root / name / '1.png')
    place = str(folder / root)
    by_timm = create_dataset('', root=place).reader.class_to_idx
    by_torchvision = ImageFolder(place).class_to_idx
    seen = [sorted(labels, key=labels.get) for labels in (by_timm, by_torchvision)]
    print(f'  timm:        {seen[0]}\n  torchvision: {seen[1]}')
    return seen


numbers = [str(i) for i in range(12)]
timm, torchvision = orders('numbers', numbers)
assert timm == numbers
assert torchvision == sorted(numbers)
timm, torchvision = orders('words', ['Zebra', 'ant', 'Bee'])
assert timm == ['ant', 'Bee', 'Zebra']
assert torchvision == ['Bee', 'Zebra', 'ant']
print('as stated: timm and torchvision number the classes of one folder differently')
PYTHON
"$folder/env/bin/python" "$folder/order.py" "$folder"
