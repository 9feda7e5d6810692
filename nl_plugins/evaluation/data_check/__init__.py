"""What is wrong with the data of a config, told before hours are spent."""

from .check import DataReport, check_data
from .finding import ERROR, WARNING, Finding
from .report_json import write_report
from .report_text import report_lines

__all__ = [
    'ERROR',
    'WARNING',
    'DataReport',
    'Finding',
    'check_data',
    'report_lines',
    'write_report',
]
