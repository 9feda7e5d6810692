"""Tests run on the CPU, also beside a GPU (they compare with references there).

Each process has one thread: the processes of ``pytest -n`` share the cores, and a
process that has threads must not be forked.
"""

import gc
import os

os.environ['CUDA_VISIBLE_DEVICES'] = ''
os.environ['OMP_NUM_THREADS'] = '1'

from mmengine.config import config
from mmengine.runner import runner


def plain_text(text, **kwargs):
    """In place of yapf: to format a config takes longer than to train a toy."""
    return text, True


config.FormatCode = plain_text
runner.collect_env = dict  # what it logs it asks eight processes for


def pytest_collection_finish():
    """Every dataset collects garbage: do not look through all that is imported."""
    gc.collect()
    gc.freeze()
