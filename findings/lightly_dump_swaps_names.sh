#!/usr/bin/env bash
# lightly 1.6.0, torch 2.14.1, torchvision 0.29.1, NumPy 2.4.6 (Python 3.11):
# LightlyDataset.dump writes pictures under each other's names. With filenames=[...],
# "filenames of the images to store", the names are sorted as texts, the pictures are
# collected in the order of the data set, and then the first is written under the first
# name, and so on. For a data set that was made with from_torch_dataset, of which the
# name of a picture is by default its number, "10" comes before "2": picture 2 is stored
# as 10, and 10 as 2. With names of one's own the same happens wherever their order is
# not that of the data set. All files are there, and as many as were asked for, so that
# nothing shows, and labels by name are wrong from then on. Without filenames all
# pictures have their own names; folders of pictures are copied by name.
# Valid input: a torch dataset of 1,000 pictures, each filled with a gray of its own; 50
# of them are picked at random and dumped.
# Seen: of the names 2, 7 and 10, the picture of 10 is in 7, that of 7 in 2, that of 2
# in 10; of 50 picked, 50 files, 2 of them with the picture of their name. (lightly is
# installed without pytorch-lightning and hydra, which it needs for training.)
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q torch==2.14.1 torchvision==0.29.1 \
    numpy==2.4.6 pillow==13.0.0 tqdm==4.70.1
"$folder/env/bin/python" -m pip install -q --no-deps lightly==1.6.0
cat > "$folder/dump.py" <<'PYTHON'
import pathlib
import random
import tempfile

from lightly.data import LightlyDataset
from PIL import Image
from torch.utils.data import Dataset


class Grays(Dataset):
    transform = None

    def __len__(self):
        return 1000

    def __getitem__(self, index):
        return Image.new('RGB', (8, 8), (index // 256, index % 256, 0)), index % 10


def dumped(names):
    data = LightlyDataset.from_torch_dataset(Grays())
    with tempfile.TemporaryDirectory() as folder:
        data.dump(folder, filenames=names, format='png')
        files = {}
        for path in pathlib.Path(folder).iterdir():
            high, low, _ = Image.open(path).getpixel((0, 0))
            files[path.name] = str(256 * high + low)
        return files


three = dumped(['2', '7', '10'])
print('file: picture in it', dict(sorted(three.items())))
assert set(three) == {'2', '7', '10'}
assert three == {'10': '2', '2': '7', '7': '10'}, 'each has its own picture now'
random.seed(0)
picked = [str(index) for index in random.sample(range(1000), 50)]
files = dumped(picked)
right = sum(name == picture for name, picture in files.items())
print(f'{len(files)} of {len(picked)} names are there, {right} with their own picture')
assert set(files) == set(files.values()) == set(picked)
assert right < 10
hundreds = [str(index) for index in range(100, 150)]
assert all(name == picture for name, picture in dumped(hundreds).items())
print('names of the same length, in their order: all with their own picture')
print('as stated: names are sorted, pictures are not')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/dump.py"
