"""Per-sample records and their file formats."""

from .atomic_file import atomic_write
from .label_file import (
    LABEL_FILE_FIELDS,
    LabelFile,
    read_label_file,
    write_label_file,
)

__all__ = [
    'LABEL_FILE_FIELDS',
    'LabelFile',
    'atomic_write',
    'read_label_file',
    'write_label_file',
]
