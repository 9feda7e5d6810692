#!/usr/bin/env bash
# labelme2coco 0.2.6, sahi 0.12.8, NumPy 2.4.6 (Python 3.11): one label in the validation
# data that the training data do not have, and from this picture on cats are dogs. The
# documentation shows how to convert both with the same numbers: the second call takes
# the categories of the first as coco_category_list. Its counter for new classes starts
# at the first number all the same, so that a new class gets the number of an old one;
# as the names are looked up by number, the old class is then not found, is added as new
# as well and gets the number of the next old one, and so on. Nothing is warned of. The
# file has categories with the same number, and two numbers for the same name; whoever
# reads it goes by the numbers, which the model has learned from the training file.
# Valid input: labelme files, a cat and a dog in a picture for training; for validation
# three pictures, in the second of which there is also a bird.
# Seen: training cat 0, dog 1; validation cat 0, dog 1 in the first picture, then bird 0,
# cat 1, dog 2. By the numbers of the training file a bird and a cat are cats, two cats
# are dogs, two dogs are nothing. Without the bird all are right.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q numpy==2.4.6 shapely==2.2.0 tqdm==4.70.1
"$folder/env/bin/python" -m pip install -q --no-deps labelme2coco==0.2.6 sahi==0.12.8
cat > "$folder/categories.py" <<'PYTHON'
import contextlib
import io
import json
import sys
from collections import Counter
from pathlib import Path

from labelme2coco import get_coco_from_labelme_folder

folder = Path(sys.argv[1])


def write(name, pictures):
    for number, labels in enumerate(pictures):
        shapes = [
            dict(label=label, points=[[5, 5 + 20 * row], [60, 20 + 20 * row]],
                 shape_type='rectangle', group_id=None, flags={})
            for row, label in enumerate(labels)
        ]
        about = dict(version='5.5.0', flags={}, shapes=shapes, imageData=None,
                     imagePath=f'{number}.jpg', imageHeight=100, imageWidth=100)
        path = folder / name / f'{number}.json'
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(about))
    return str(folder / name)


def convert(name, pictures, **arguments):
    with contextlib.redirect_stdout(io.StringIO()):
        with contextlib.redirect_stderr(io.StringIO()):
            coco = get_coco_from_labelme_folder(write(name, pictures), **arguments)
    numbers = [row['category_id'] for row in coco.json['annotations']]
    given = [label for labels in pictures for label in labels]
    return coco, list(zip(given, numbers))


pairs = ['cat', 'dog']
training, _ = convert('training', [pairs])
learned = {row['id']: row['name'] for row in training.json['categories']}
known = dict(coco_category_list=training.json_categories)
print('training:', learned)
assert learned == {0: 'cat', 1: 'dog'}

_, found = convert('same', [pairs, pairs, pairs], **known)
assert all(learned[number] == label for label, number in found)

validation, found = convert('validation', [pairs, ['bird', *pairs], pairs], **known)
print('validation:', *(f'{label} {number}' for label, number in found))
print('its categories:', [(row['id'], row['name'])
                          for row in validation.json['categories']])
read = Counter((label, learned.get(number, 'none')) for label, number in found)
print('(label, class by the training file):', dict(read))
assert found[:2] == [('cat', 0), ('dog', 1)]
assert found[2] == ('bird', 0), 'a new class has a number of its own now'
assert found[3:] == [('cat', 1), ('dog', 2)] * 2, 'the old ones keep theirs now'
print('as stated: a new class takes the number of an old one, and shifts the others')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/categories.py" "$folder"
