"""Tests run on the CPU, also beside a GPU (they compare with references there).

Each process has one thread: the processes of ``pytest -n`` share the cores, and a
process that has threads must not be forked.

What the hosts do around a run takes longer than to train a toy. Left out are: to look
for compilers, to format the config, to collect garbage for each dataset, to wait before
an iteration-based loop starts its data again and for the workers of a loader that is
gone. The garbage that is collected is not looked for in everything imported.
"""

import gc
import os
from types import SimpleNamespace

os.environ['CUDA_VISIBLE_DEVICES'] = ''
os.environ['OMP_NUM_THREADS'] = '1'

import pytest
from mmengine.config import config
from mmengine.dataset import base_dataset
from mmengine.runner import loops, runner
from torch.utils.data import _utils


def unformatted(text, **kwargs):
    """What yapf returns."""
    return text, True


runner.collect_env = dict
config.FormatCode = unformatted
base_dataset.gc = SimpleNamespace(collect=int)
loops.time = SimpleNamespace(sleep=float)
_utils.MP_STATUS_CHECK_INTERVAL = 0.1  # seconds


def pytest_ignore_collect(collection_path):
    """Helpers are imported by their own names, not as doctests."""
    if collection_path.suffix == '.py':
        return not collection_path.name.startswith('test_') or None
    return None


def pytest_collection_finish():
    gc.collect()
    gc.freeze()


@pytest.fixture(scope='session')
def digits_baseline(tmp_path_factory):
    """The accuracy of cross entropy in the setting of digits_run, in percent."""
    from digits_run import LONG, train_digits

    return train_digits(tmp_path_factory.mktemp('baseline'), epochs=LONG)[1]


@pytest.fixture
def write(tmp_path):
    """Writes a file and gives its path."""

    def write(content, name='labels.txt'):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write
