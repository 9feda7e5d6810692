"""A small Clothing1M in the layout of the release.

Keys hold commas. Of each clean list every second image has a noisy label, too, which
agrees in every fourth; one image of ``clean_train`` is in ``noisy_train``.
"""

from pathlib import Path

from .images import write_image

CLASSES = ['T-Shirt', 'Shirt', 'Knitwear', 'Chiffon', 'Sweater', 'Hoodie']
CLASSES += ['Windbreaker', 'Jacket', 'Downcoat', 'Suit', 'Shawl', 'Dress']
CLASSES += ['Vest', 'Underwear']


def _key(number: int) -> str:
    return f'images/{number % 10}/{number * 7 % 100:02d}/{507488 + number},{number}.jpg'


def _keys(first: int, count: int) -> list[str]:
    return [_key(number) for number in range(first, first + count)]


LISTS = dict(
    clean_train=_keys(1000, 28), clean_val=_keys(2000, 28), clean_test=_keys(3000, 28)
)
LISTS['noisy_train'] = _keys(0, 42) + LISTS['clean_train'][:1]
CLEAN = {
    key: row % 14
    for name in ('clean_train', 'clean_val', 'clean_test')
    for row, key in enumerate(LISTS[name])
}
NOISY = {key: row % 14 for row, key in enumerate(LISTS['noisy_train'][:42])}
for _row, (_name, _label) in enumerate(CLEAN.items()):
    if _row % 2 == 0:
        NOISY[_name] = _label if _row % 4 == 0 else (_label + 1) % 14


def write_clothing1m(root: Path, folder: str = '', images: bool = True) -> Path:
    """Write it, with the text files in ``root / folder``."""
    texts = root / folder
    texts.mkdir(parents=True, exist_ok=True)
    _write(texts / 'category_names_eng.txt', CLASSES)
    _write(texts / 'category_names_chn.txt', ['T恤', *CLASSES[1:]])
    for name, keys in LISTS.items():
        _write(texts / f'{name}_key_list.txt', keys)
    for name, labels in dict(noisy=NOISY, clean=CLEAN).items():
        lines = [f'{key} {label}' for key, label in labels.items()]
        _write(texts / f'{name}_label_kv.txt', reversed(lines))  # in no order
    for number, key in enumerate({**NOISY, **CLEAN} if images else ()):
        write_image(root / key, number)
    return root


def _write(path: Path, lines) -> None:
    path.write_text('\n'.join(lines) + '\n', encoding='utf-8')
