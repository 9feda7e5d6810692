"""A small report whose numbers are known."""

import os

import numpy as np

from nl_plugins.report.label_report import LabelReport

CLASSES = ['ant', 'bee', 'cat']
HOSTILE = [
    '</script><script>window.hurt=1</script>',
    '"><img src=x onerror=window.hurt=1>',
    "' onmouseover='window.hurt=1",
    'cat\n\r\tnew line',
    '\u202egnp.exe',
    '=HYPERLINK("http://x","y")',
    '{{ 7*7 }}{% raw %}',
    'العربية',
    '\u2028\u2029',
    '',
    'a,b;c"d',
    'x' * 300,
]


def pictures(count, seed=0):
    """(count, 12, 20, 3) uint8."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, 12, 20, 3), dtype=np.uint8)


def toy_report(count=30, images=True, **changes):
    """Sample i: given i % 3, every fifth suspicious, scores ascending with i."""
    index = np.arange(count)
    given = index % 3
    suspicious = index % 5 == 0
    arrays = pictures(count) if images else None
    fields = dict(
        paths=[f'{CLASSES[c]}/{i}.jpg' for i, c in enumerate(given)],
        class_names=CLASSES,
        given_labels=given,
        suggested_labels=np.where(suspicious, (given + 1) % 3, given),
        scores=(index + 0.5) / count,
        recommended=np.where(suspicious, 'drop', 'keep'),
        load_image=arrays.__getitem__ if images else None,
    )
    return LabelReport(**{**fields, **changes})


def hostile_report(count=24):
    """Every name, title and reason of an error is an attack."""
    paths = [f'{HOSTILE[i % 12]}/{i} {HOSTILE[i % 12]}.jpg' for i in range(count)]
    paths[4] = os.fsdecode(b'caf\xe9/\xff.jpg')
    paths[5] = '=cmd|calc!A1.jpg'

    def load(index):
        if index % 4 == 0:
            raise ValueError(paths[index])
        return pictures(count)[index]

    index = np.arange(count)
    return LabelReport(
        paths=paths,
        class_names=HOSTILE,
        given_labels=index % 12,
        suggested_labels=(index + 1) % 12,
        scores=index / count,
        recommended=['drop', 'keep'] * (count // 2),
        load_image=load,
        nearest=np.stack([(index + 3) % count, np.full(count, -1)], axis=1),
        title=HOSTILE[0],
        method=HOSTILE[1],
        curves={HOSTILE[1]: [(1, 0.5), (2, 0.25)]},
    )
