# Row 2 of the paper's Table 1: clean labels alone, from a pretrained network.
_base_ = ['./digits_1_clean.py']

load_from = 'work_dirs/digits_rotations/epoch_20.pth'
