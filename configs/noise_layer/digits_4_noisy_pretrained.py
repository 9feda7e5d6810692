# Row 4 of the paper's Table 1: all labels as given, from a pretrained network.
_base_ = ['./digits_3_noisy.py']

load_from = 'work_dirs/digits_rotations/epoch_20.pth'
