#!/usr/bin/env bash
# MMPretrain 1.2.0, MMEngine 0.10.7, torch 2.11.0 (Python 3.11): CustomDataset with
# metainfo=dict(classes=['dog', 'cat']) on the folders cat/ and dog/ says that the pictures
# in cat/ are dogs. `classes` neither picks nor orders folders: labels go by the sorted
# names of the folders, whatever the list says, and the list is only laid over them;
# nothing but its length is checked, so wholly other names are taken as well.
# Valid input: two folders with a picture each, their two names as classes, in any order.
# Seen: cat/1.png is label 0, "dog"; dog/1.png is label 1, "cat"; for ['ship', 'plane']
# cat/1.png is a "ship". A list of one name is refused for its length.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q 'setuptools<81' torch==2.11.0 torchvision==0.26.0 numpy==2.4.6 mmengine==0.10.7 mmcv-lite==2.2.0 mmpretrain==1.2.0 pillow==13.0.0
cat > "$folder/labels.py" <<'PYTHON'
import sys
from pathlib import Path

from mmpretrain.datasets import CustomDataset
from PIL import Image

root = Path(sys.argv[1]) / 'pictures'
for name in ('cat', 'dog'):
    (root / name).mkdir(parents=True)
    Image.new('RGB', (8, 8)).save(root / name / '1.png')


def named(*classes):
    dataset = CustomDataset(data_root=str(root), metainfo=dict(classes=list(classes)))
    infos = [dataset.get_data_info(i) for i in range(len(dataset))]
    names = dataset.metainfo['classes']
    seen = {Path(x['img_path']).parent.name: names[x['gt_label']] for x in infos}
    print(f'classes {list(classes)}: folder -> name {seen}')
    return seen


assert named('cat', 'dog') == {'cat': 'cat', 'dog': 'dog'}
assert named('dog', 'cat') == {'cat': 'dog', 'dog': 'cat'}, 'classes order folders now'
assert named('ship', 'plane') == {'cat': 'ship', 'dog': 'plane'}
try:
    named('cat')
except AssertionError as error:
    print('classes [\'cat\']:', error)
else:
    raise SystemExit('a list of another length is taken now')
print('as stated: the names are laid over the sorted folders')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/labels.py" "$folder"
