"""Thumbnails of all images, in sheets that a browser loads when it shows them."""

import io
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from mmengine import ProgressBar
from PIL import Image, ImageOps

from ..visualization.text import visible_text

__all__ = ['GUTTER', 'SIDE', 'Sheets', 'write_sheets']

SIDE = 5  # thumbnails in a row, and rows, of a sheet
GUTTER = 2  # pixels around a thumbnail that repeat its edge: enlarged, sheets blur
_QUALITY = 80


@dataclass(frozen=True)
class Sheets:
    """Where the thumbnails of N samples are."""

    places: np.ndarray  # (N,) int32: SIDE² · sheet + cell; -1: there is none
    sizes: np.ndarray  # (N, 2) uint8, width and height in pixels
    cells: list[int]  # the side of a cell of each sheet, in pixels
    problems: dict[int, str]  # why an image could not be read, by sample


def write_sheets(
    folder: Path,
    load_image: Callable[[int], Any] | None,
    order: np.ndarray,
    size: int = 96,
    workers: int | None = None,
) -> Sheets:
    """Write ``0.jpg``, ``1.jpg``, ...: SIDE · SIDE thumbnails each, in this order.

    Samples that are shown together should be neighbours in ``order`` (N,). What cannot
    be read is left out. Only the thumbnails of a sheet for each thread are in memory;
    a progress bar on the standard error stream tells the time left.

    Args:
        folder: Of the sheets; it is there.
        load_image: See :class:`LabelReport`; None: there are no pictures.
        order: The indices of all samples.
        size: The longer side of a thumbnail in pixels, up to 255.
        workers: Threads; as many as processors by default.
    """
    places = np.full(len(order), -1, dtype=np.int32)
    sizes = np.zeros((len(order), 2), dtype=np.uint8)
    sheets = Sheets(places, sizes, [], {})
    if load_image is None:
        return sheets
    chunks = [order[i : i + SIDE * SIDE] for i in range(0, len(order), SIDE * SIDE)]

    def work(number: int) -> tuple[list, dict[int, str], int]:
        return _write_sheet(folder / f'{number}.jpg', load_image, chunks[number], size)

    sys.stderr.write('Thumbnails\n')
    bar, step = ProgressBar(len(order), file=sys.stderr), len(chunks) // 50 + 1
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as executor:
        try:
            for number, found in enumerate(executor.map(work, range(len(chunks)))):
                _note(sheets, number, chunks[number], *found)
                if (number + 1) % step == 0 or number + 1 == len(chunks):
                    done = min(len(order), (number + 1) * SIDE * SIDE)
                    bar.update(done - bar.completed)
        except BaseException:
            executor.shutdown(cancel_futures=True)
            raise
    sys.stderr.write('\n')
    return sheets


def _note(
    sheets: Sheets,
    number: int,
    rows: np.ndarray,
    shapes: list[tuple[int, int] | None],
    problems: dict[int, str],
    cell: int,
) -> None:
    sheets.cells.append(cell)
    sheets.problems.update(problems)
    for place, (row, shape) in enumerate(zip(rows.tolist(), shapes)):
        if shape is not None:
            sheets.places[row] = number * SIDE * SIDE + place
            sheets.sizes[row] = shape


def _write_sheet(
    path: Path, load_image: Callable[[int], Any], rows: np.ndarray, size: int
) -> tuple[list, dict[int, str], int]:
    images: list[Image.Image | None] = []
    problems = {}
    for row in rows.tolist():
        try:
            images.append(_thumbnail(load_image(row), size))
        except Exception as error:  # decoders raise anything on damaged files
            images.append(None)
            reason = f'{type(error).__name__}: {error}'
            problems[row] = visible_text(reason)[:300]
    shapes = [None if image is None else image.size for image in images]
    longest = max(max(shape) for shape in [*shapes, (1, 1)] if shape)
    cell = longest + 2 * GUTTER
    height = -(-len(rows) // SIDE) * cell
    sheet = Image.new('RGB', (SIDE * cell, height), (128, 128, 128))
    for place, image in enumerate(images):
        if image is not None:
            framed = np.pad(
                np.asarray(image), [(GUTTER, GUTTER), (GUTTER, GUTTER), (0, 0)], 'edge'
            )
            where = (place % SIDE * cell, place // SIDE * cell)
            sheet.paste(Image.fromarray(framed), where)
    sheet.save(path, 'JPEG', quality=_QUALITY)
    return shapes, problems, cell


def _thumbnail(picture: Any, size: int) -> Image.Image:
    if isinstance(picture, bytes):
        image: Image.Image = Image.open(io.BytesIO(picture))
        image.draft('RGB', (2 * size, 2 * size))
        image = ImageOps.exif_transpose(image)
    else:
        array = np.asarray(picture)
        image = Image.fromarray(array[..., 0] if array.shape[2:] == (1,) else array)
    small = _rgb(image)
    small.thumbnail((size, size))
    return small


def _rgb(image: Image.Image) -> Image.Image:
    """On white where it is transparent; more than 8 bits are stretched to 8."""
    if image.mode.startswith(('I', 'F')):
        values = np.asarray(image, dtype=np.float64)
        span = max(float(values.max() - values.min()), 1e-9)
        scaled = 255 * (values - values.min()) / span
        image = Image.fromarray(scaled.astype(np.uint8))
    if 'transparency' in image.info or image.mode in ('RGBA', 'LA', 'PA', 'La'):
        image = image.convert('RGBA')
        white = Image.new('RGBA', image.size, (255, 255, 255, 255))
        image = Image.alpha_composite(white, image)
    return image.convert('RGB')
