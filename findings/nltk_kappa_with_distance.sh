#!/usr/bin/env bash
# NLTK 3.10.4 (Python 3.11): two annotators who grade at random have a kappa of 0.5 as soon as
# AnnotationTask is given a distance, so that a near miss counts less than a far one. The
# distance enters how far they agree, and not how far they would agree by chance, in kappa(),
# multi_kappa(), pi() and S(); with tags of images and jaccard_distance, chance is worth 0.4.
# weighted_kappa() and alpha() take it into both, and are 0. But weighted_kappa(max_distance),
# the one place for distances that go beyond 1, divides only the one by it: two annotators
# with 0.81 have 0.23 with the true maximum, and -3 in place of 0 if they label at random. The
# documentation offers the distance for the whole class, asks for values of 0 to 1, as
# given here, and says nothing of either; its note on the coefficients is of missing answers.
# Valid input: 500 images, two annotators, grades 0 to 4 or sets of four tags.
# Seen, random: kappa, multi_kappa, pi and S 0.5 for grades and 0.4 for tags, alpha and
# weighted_kappa 0.0; careful: weighted_kappa() 0.81, weighted_kappa(max_distance=4) 0.23.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q nltk==3.10.4
cat > "$folder/kappa.py" <<'PYTHON'
import random

from nltk.metrics.agreement import AnnotationTask
from nltk.metrics.distance import jaccard_distance

IMAGES, TAGS = 500, ('cat', 'dog', 'car', 'tree')
HALF, WHOLE = ('kappa', 'multi_kappa', 'pi', 'S'), ('alpha', 'weighted_kappa')
draw = random.Random(0)


def share(first, second):
    return abs(first - second) / 4


def steps(first, second):
    return abs(first - second)


def grade():
    return draw.randrange(5)


def tags():
    return frozenset(draw.sample(TAGS, draw.randint(1, 4)))


def at_random(label):
    return [(who, image, label()) for image in range(IMAGES) for who in 'AB']


def careful():
    for image in range(IMAGES):
        first = grade()
        second = min(4, max(0, first + draw.choice([-1, 0, 0, 0, 1])))
        yield from (('A', image, first), ('B', image, second))


def by_hand(answers, distance):
    first = [label for who, _, label in answers if who == 'A']
    second = [label for who, _, label in answers if who == 'B']
    seen = sum(map(distance, first, second)) / IMAGES
    chance = sum(distance(a, b) for a in first for b in second) / IMAGES**2
    return 1 - seen / chance


grades = at_random(grade)
for name, answers, distance, least in (
    ('grades', grades, share, 0.4),
    ('tags', at_random(tags), jaccard_distance, 0.2),
):
    task = AnnotationTask(answers, distance=distance)
    values = {kind: getattr(task, kind)() for kind in HALF + WHOLE}
    print(f'random {name}:', {kind: round(value, 3) for kind, value in values.items()})
    assert all(abs(values[kind]) < 0.1 for kind in WHOLE)
    assert all(values[kind] > least for kind in HALF), 'chance has its distance now'
    assert abs(values['weighted_kappa'] - by_hand(answers, distance)) < 1e-9
    assert all(abs(getattr(AnnotationTask(answers), kind)()) < 0.1 for kind in HALF)

for name, answers in (('careful', list(careful())), ('random', grades)):
    task = AnnotationTask(answers, distance=steps)
    plain, with_maximum = task.weighted_kappa(), task.weighted_kappa(max_distance=4)
    print(f'{name}: weighted_kappa {plain:.3f}, with max_distance=4 {with_maximum:.3f}')
    assert abs(plain - by_hand(answers, steps)) < 1e-9
    assert abs(with_maximum - (1 - 4 * (1 - plain))) < 1e-9, 'the maximum divides both now'
print('as stated: the distance enters only half of kappa')
PYTHON
"$folder/env/bin/python" "$folder/kappa.py"
