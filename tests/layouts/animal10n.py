"""A small ANIMAL-10N in the layout of the released archive."""

from pathlib import Path

from .images import write_image

NAMES = dict(
    training=[f'{label}_{10 * label + i}.jpg' for label in range(10) for i in (3, 12)],
    testing=[f'{label}_{500 + label}.jpg' for label in range(10)],
)


def write_animal10n(root: Path) -> Path:
    """Write it."""
    for folder, names in NAMES.items():
        for number, name in enumerate(names):
            write_image(root / folder / name, number)
    return root
