#!/usr/bin/env bash
# pycocotools 2.0.11 (Python 3.11): four boxes, found exactly, have an average precision of
# 0.56 if their annotations are numbered from 0, and 1.0 if from 1. A match is stored as the
# number of the annotation, and 0 stands for "no match": the detection of annotation 0
# counts as a false alarm, and its box as missed. Images and categories may be numbered
# from 0. One annotation of the whole file is concerned, so that in a small validation set,
# or a rare class, the number is wrong by much, and in a large one by nothing that shows.
# Valid input: COCO's format asks for an "id" that is an integer.
# Seen: numbered from 0: AP 0.564, recall 0.75; numbered from 1: AP 1.0, recall 1.0.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q pycocotools==2.0.11 numpy==2.4.6
cat > "$folder/boxes.py" <<'PYTHON'
import contextlib
import io

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

BOX = dict(category_id=1, bbox=[10, 10, 20, 20])


def scores(first):
    truth = COCO()
    truth.dataset = dict(
        info={},
        categories=[dict(id=1, name='cat')],
        images=[dict(id=i, width=100, height=100) for i in range(4)],
        annotations=[
            dict(BOX, id=first + i, image_id=i, area=400, iscrowd=0) for i in range(4)
        ],
    )
    truth.createIndex()
    found = truth.loadRes([dict(BOX, image_id=i, score=0.9 - 0.1 * i) for i in range(4)])
    evaluation = COCOeval(truth, found, 'bbox')
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    return round(float(evaluation.stats[0]), 3), float(evaluation.stats[8])


with contextlib.redirect_stdout(io.StringIO()):
    from_0, from_1 = scores(0), scores(1)
print('four boxes, found exactly: (average precision, recall)')
print('annotations numbered from 0:', from_0)
print('annotations numbered from 1:', from_1)
assert from_0 == (0.564, 0.75), 'annotation 0 is matched now'
assert from_1 == (1.0, 1.0)
print('as stated: annotation 0 is never found')
PYTHON
"$folder/env/bin/python" "$folder/boxes.py"
