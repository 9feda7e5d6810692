#!/usr/bin/env bash
# PyLabel 0.1.55, scikit-learn 1.9.1, pandas 3.1.1 (Python 3.11): GroupShuffleSplit, the
# split that is to keep groups together, by default the boxes of a picture, splits boxes.
# group_col='img_filename' is handed to scikit-learn as the labels, which its
# GroupShuffleSplit does not look at, and as the groups it gets the numbers of the rows,
# of which each is a group of its own. So nearly each picture with several boxes is in
# the training and in the test set, with some of its boxes in each: the test pictures
# have been trained on, and boxes that are there are missing in both. The number of
# boxes in each part is as asked for, so that a look at it shows nothing;
# StratifiedGroupShuffleSplit keeps pictures together. Another column for the groups, a
# patient or a video, has no effect at all.
# Valid input: a COCO file with 100 pictures and five boxes in each; 60, 20 and 20 %.
# Seen: 300, 100 and 100 boxes, of 100, 67 and 61 pictures; 92 of the 100 pictures are
# in more than one part.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q scikit-learn==1.9.1 pandas==3.1.1 \
    numpy==2.4.6 scipy==1.17.1 matplotlib==3.11.2 opencv-python-headless==5.0.0.93 \
    pyyaml==6.0.4 tqdm==4.70.1 ipywidgets==8.1.9
"$folder/env/bin/python" -m pip install -q --no-deps pylabel==0.1.55 \
    bbox-visualizer==1.0.1 jupyter-bbox-widget==0.7.0 anywidget==0.11.0 psygnal==0.16.1
cat > "$folder/groups.py" <<'PYTHON'
import contextlib
import io
import json
import sys

from pylabel import importer

PICTURES, BOXES = 100, 5
path = f'{sys.argv[1]}/boxes.json'
images = [dict(id=i, file_name=f'{i}.jpg', width=100, height=100)
          for i in range(PICTURES)]
boxes = [
    dict(id=1 + BOXES * i + j, image_id=i, category_id=1 + j % 2, iscrowd=0,
         bbox=[10 * j, 5, 9, 9], area=81, segmentation=[])
    for i in range(PICTURES) for j in range(BOXES)
]
categories = [dict(id=1, name='cat'), dict(id=2, name='dog')]
with open(path, 'w') as stream:
    json.dump(dict(images=images, annotations=boxes, categories=categories), stream)


def parts(method, **arguments):
    dataset = importer.ImportCoco(path)
    with contextlib.redirect_stderr(io.StringIO()):
        getattr(dataset.splitter, method)(
            train_pct=0.6, test_pct=0.2, val_pct=0.2, **arguments)
    rows = dataset.df
    assert len(rows) == PICTURES * BOXES
    split = rows.groupby('img_filename')['split'].nunique()
    by_part = rows.groupby('split')
    print(f'{method}: boxes {by_part.size().to_dict()}, pictures '
          f'{by_part["img_filename"].nunique().to_dict()}, in several parts '
          f'{(split > 1).sum()} of {len(split)}')
    return by_part.size().to_dict(), int((split > 1).sum()), rows['split'].tolist()


for seed in (0, 1):
    sizes, several, by_picture = parts('GroupShuffleSplit', random_state=seed)
    assert sizes == dict(train=300, test=100, val=100)
    assert several > 0.8 * PICTURES, 'the boxes of a picture stay together now'
# Groups of a column that has the same value everywhere cannot be split at all.
_, _, constant = parts('GroupShuffleSplit', random_state=1, group_col='img_width')
assert constant == by_picture, 'the column has an effect now'
_, several, _ = parts('StratifiedGroupShuffleSplit')
assert several == 0
print('as stated: boxes are split, and not pictures')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/groups.py" "$folder"
