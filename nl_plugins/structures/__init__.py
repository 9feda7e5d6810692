"""Per-sample records and their file formats."""

from .atomic_file import atomic_write, write_json
from .csv_rows import DELIMITERS, numbered_rows, write_rows
from .feature_bank import FeatureBank
from .label_file import (
    LABEL_FILE_FIELDS,
    LabelFile,
    read_label_file,
    write_label_file,
)
from .light_sample import LightSample
from .row_store import RowStore
from .sample_table import SampleTable
from .verification_file import (
    VERIFICATION_FIELDS,
    VerificationFile,
    read_verification_file,
    write_verification_file,
)

__all__ = [
    'DELIMITERS',
    'LABEL_FILE_FIELDS',
    'VERIFICATION_FIELDS',
    'FeatureBank',
    'LabelFile',
    'LightSample',
    'RowStore',
    'SampleTable',
    'VerificationFile',
    'atomic_write',
    'numbered_rows',
    'read_label_file',
    'read_verification_file',
    'write_json',
    'write_label_file',
    'write_rows',
    'write_verification_file',
]
