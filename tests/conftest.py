"""Tests run on the CPU, also beside a GPU (they compare with references there).

Each process has one thread: the processes of ``pytest -n`` share the cores.
"""

import gc
import os

os.environ['CUDA_VISIBLE_DEVICES'] = ''
os.environ.setdefault('OMP_NUM_THREADS', '1')


def pytest_collection_finish(session):
    """Spare what is imported: MMEngine collects garbage for every dataset (0.2 s)."""
    gc.freeze()
