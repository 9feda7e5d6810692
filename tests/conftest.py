"""Tests run on the CPU, also beside a GPU: they compare with references there."""

import os

os.environ['CUDA_VISIBLE_DEVICES'] = ''
