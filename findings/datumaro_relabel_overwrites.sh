#!/usr/bin/env bash
# datumaro 1.13.12, Pillow 12.3.0 (Python 3.11): correcting a label in a folder-per-class data
# set ("imagenet") loses another picture. On import, cat/1.png is the item "cat:1"; on
# export, the part before the colon is dropped and the file is called after the rest, in
# the folder of its label *now*. Where each class numbers its own pictures, as in
# cat/1.png and dog/1.png, a cat:1 that turns out to be a dog is written to dog/1.png, over
# the dog's picture or under it, by the order of the items. The export ends without a
# warning, with a picture less for each correction; so does joining two classes with
# remap_labels, which its help calls "joined with existing", and it loses all of one class.
# Names that differ from class to class, or no change of labels, keep every picture.
# Valid input: two folders of ten PNG pictures, 0.png to 9.png, three labels corrected.
# Seen: 20 pictures, three cats called dogs: 17 written, 10 dogs in place of 13; kitten and cat
# joined: 10 of 20 left; nothing changed: 20.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q datumaro==1.13.12 pillow==12.3.0
cat > "$folder/relabel.py" <<'PYTHON'
import sys
from pathlib import Path

import numpy as np
from datumaro import AnnotationType, Dataset, Label
from PIL import Image

root = Path(sys.argv[1])


def folders(name, classes, own_names=False):
    for shade, of_class in enumerate(classes):
        (root / name / of_class).mkdir(parents=True)
        for number in range(10):
            file = f'{of_class}_{number}.png' if own_names else f'{number}.png'
            pixels = np.full((8, 8, 3), 100 * shade + number, np.uint8)
            Image.fromarray(pixels).save(root / name / of_class / file)
    return Dataset.import_from(str(root / name), 'imagenet')


def export(data, name):
    data.export(str(root / name), 'imagenet', save_media=True)
    shades = {}
    for file in sorted((root / name).rglob('*.png')):
        shades.setdefault(file.parent.name, []).append(int(np.array(Image.open(file))[0, 0, 0]))
    print(f'{name:10} items {len(data):2}, files {sum(map(len, shades.values())):2}, shades {shades}')
    return shades


def correct(data, ids):
    dog = data.categories()[AnnotationType.label].find('dog')[0]
    for item in list(data):
        if item.id in ids:
            data.put(item.wrap(annotations=[Label(dog)]))
    return data


def count(shades):
    return {of_class: len(of) for of_class, of in shades.items()}


same = export(folders('pets', ('cat', 'dog')), 'unchanged')
corrected = export(correct(folders('pets2', ('cat', 'dog')), ('cat:1', 'cat:3', 'cat:5')), 'corrected')
own = export(correct(folders('pets3', ('cat', 'dog'), own_names=True), ('cat:cat_1', 'cat:cat_3', 'cat:cat_5')),
             'own_names')
kittens = folders('pets4', ('cat', 'kitten'))
kittens.transform('remap_labels', mapping={'kitten': 'cat'}, default='keep')
joined = export(kittens, 'joined')

assert count(same) == {'cat': 10, 'dog': 10}
assert count(own) == {'cat': 7, 'dog': 13}
assert count(corrected) == {'cat': 7, 'dog': 10}, 'the corrected pictures are kept beside the others now'
assert count(joined) == {'cat': 10}, 'the joined classes keep their pictures now'
print('as stated: each corrected label costs a picture')
PYTHON
"$folder/env/bin/python" "$folder/relabel.py" "$folder"
