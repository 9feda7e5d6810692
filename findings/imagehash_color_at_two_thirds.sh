#!/usr/bin/env bash
# ImageHash 4.3.2, Pillow 13.0.0, NumPy 2.4.6 (Python 3.11): colorhash, which is there
# to tell pictures apart by colour, gives a red, a green, a blue and a violet picture
# the same hash, all zeros, and so a distance of 0. Pixels are sorted into black, gray,
# faint and bright colours; faint is a saturation below 170, bright one above 170, and a
# saturation of 170 is neither. In photographs this is one value of many; in flat
# colours, as in drawings, diagrams, signs and screenshots, it is all there is, and 170
# is no rare value there: 153, 51, 51 of the 216 "web-safe" colours has it, as have 255,
# 85, 85 and 150, 50, 50. One step less in a channel, and a colour has the hash of its
# hue. That hashes are lossy is known; that a picture of one colour counts as one
# without any pixel is not in the documentation.
# Valid input: pictures of one colour, and of three colours in stripes.
# Seen: 12 web-safe colours of six hues have one hash, 00000000000; less by 1 in each
# channel, 6.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q ImageHash==4.3.2 pillow==13.0.0 \
    numpy==2.4.6 scipy==1.17.1
cat > "$folder/colors.py" <<'PYTHON'
import itertools

import imagehash
from PIL import Image

NOTHING = imagehash.hex_to_flathash('0' * 11, hashsize=3)


def picture(*colors):
    whole = Image.new('RGB', (96, 64))
    for number, color in enumerate(colors):
        whole.paste(color, (96 * number // len(colors), 0, 96, 64))
    return whole


def one(color):
    return imagehash.colorhash(picture(color))


red, green, blue, violet = (153, 51, 51), (51, 153, 51), (51, 51, 153), (153, 51, 153)
for color in (red, green, blue, violet):
    less = tuple(c - (c == 153) for c in color)
    print(color, one(color), ' one step less', one(less))
print('distance of red and blue:', one(red) - one(blue))
assert one(red) == one(green) == one(blue) == one(violet) == NOTHING, 'they differ now'
safe = [
    color for color in itertools.product(range(0, 256, 51), repeat=3)
    if max(color) > 50 and one(color) == NOTHING
]
saturation = {picture(color).convert('HSV').getpixel((0, 0))[1] for color in safe}
print(f'{len(safe)} of the web-safe colours have this hash, saturation {saturation}')
assert saturation == {170} and len(safe) > 10
others = {str(one(tuple(c - (c == max(color)) for c in color))) for color in safe}
print(f'less by 1 in the largest channels they have {len(others)} hashes')
assert len(others) > 5
flags = [imagehash.colorhash(picture(*order)) for order in
         ((red, red, red), (blue, green, violet))]
assert flags[0] == flags[1]
print('as stated: a colour of two thirds saturation is none')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/colors.py"
