"""Tests run on the CPU, also beside a GPU (they compare with references there).

Each process has one thread: the processes of ``pytest -n`` share the cores.
"""

import os

os.environ['CUDA_VISIBLE_DEVICES'] = ''
os.environ.setdefault('OMP_NUM_THREADS', '1')
