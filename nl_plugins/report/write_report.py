"""Write the report: a folder that any browser opens from disk, without a network."""

import os
import re
import secrets
import shutil
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..checks import check_count
from ..formats.atomic_file import atomic_write
from .label_report import LabelReport
from .page_data import page_data, script
from .page_summary import summarise
from .thumbnail_sheets import Sheets, write_sheets

__all__ = ['write_report']

PAGE = Path(__file__).parent / 'page'
# in the order in which they need each other
SCRIPTS = ('text', 'samples', 'marks', 'charts', 'gallery', 'detail', 'main')
_FILES = re.compile(r'report_files_[0-9a-f]{16}')


def write_report(
    report: LabelReport,
    out: str | os.PathLike,
    thumbnail: int = 96,
    workers: int | None = None,
) -> Path:
    """Write ``out/index.html`` and the folder of files that it needs; give its path.

    The page is replaced when all its files are there: a process killed at any moment
    leaves the report that was there before. Other files in ``out`` are left alone.
    Images that cannot be read get a placeholder, and the page lists them.

    Args:
        report: What to show.
        out: A folder, which is made if it is not there.
        thumbnail: The longer side of the small pictures in pixels, up to 255.
        workers: Threads that read images; as many as processors by default.

    >>> import tempfile
    >>> report = LabelReport(paths=['1.jpg'], class_names=['cat', 'dog'],
    ...     given_labels=[0], suggested_labels=[1], scores=[0.03])
    >>> with tempfile.TemporaryDirectory() as out:
    ...     path = write_report(report, out)
    ...     path.name, path.read_text().startswith('<!doctype html>')
    ('index.html', True)
    """
    if check_count(thumbnail, 'thumbnail', 16) > 255:
        raise ValueError(f'thumbnail must be at most 255 pixels, got {thumbnail}')
    out = Path(out)
    files = out / f'report_files_{secrets.token_hex(8)}'
    files.mkdir(parents=True)
    try:
        order = np.argsort(report.scores.astype(np.float32), kind='stable')
        sheets = write_sheets(files, report.load_image, order, thumbnail, workers)
        _write_files(report, sheets, files)
    except BaseException:
        shutil.rmtree(files, ignore_errors=True)
        raise
    for path in out.iterdir():  # those of a report before, or of a killed process
        if _FILES.fullmatch(path.name) and path != files and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
    return out / 'index.html'


def _write_files(report: LabelReport, sheets: Sheets, files: Path) -> None:
    for name in ('report.css', *(f'{name}.js' for name in SCRIPTS)):
        shutil.copyfile(PAGE / name, files / name)
    pictures = [f'picture_{number}.png' for number in range(len(report.pictures))]
    for name, picture in zip(pictures, report.pictures):
        shutil.copyfile(picture, files / name)
    data = page_data(report, sheets, files.parent)
    with open(files / 'data.js', 'w', encoding='ascii', newline='\n') as file:
        file.write(script('reportData', data))
    environment = Environment(
        loader=FileSystemLoader(PAGE), autoescape=True, undefined=StrictUndefined
    )
    page = environment.get_template('index.html').render(
        summarise(report, sheets),
        files=files.name,
        scripts=['data', *SCRIPTS],
        pictures=pictures,
    )
    with atomic_write(files.parent / 'index.html') as file:
        file.write(page)
