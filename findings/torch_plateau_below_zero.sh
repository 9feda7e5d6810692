#!/usr/bin/env bash
# torch 2.14.1, MMEngine 0.10.7 (Python 3.11): ReduceLROnPlateau, and MMEngine's
# ReduceOnPlateauLR, never lower the learning rate while the loss is below zero. A loss has
# to be smaller than 0.9999 times the best one, which for a best loss of -3 is anything
# below -2.9997: the same loss again is an improvement in each epoch, and so is one that
# gets slowly worse, which then becomes the best. The loss of early-learning
# regularization, with its logarithm of 1 minus a likeness, does fall below zero.
# threshold_mode='abs' works on both sides of zero.
# Valid input: 30 epochs of the loss 3, of -3, and of one that climbs slowly from -3.
# Seen: learning rate 1.0 becomes less than 1e-5 for 3, and stays 1.0 for -3 and for the
# climbing loss; with threshold_mode='abs' it falls in all three cases.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q 'setuptools<81' torch==2.14.1 numpy==2.4.6 mmengine==0.10.7
cat > "$folder/plateau.py" <<'PYTHON'
import torch
from mmengine.optim import ReduceOnPlateauLR
from torch.optim.lr_scheduler import ReduceLROnPlateau

curves = {
    '3': [3.0] * 30,
    '-3': [-3.0] * 30,
    'from -3 to -2.997': [-3 + 1e-4 * epoch for epoch in range(30)],
}


def last_rate(kind, losses, mode):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    options = dict(patience=2, threshold_mode=mode)
    if kind is ReduceOnPlateauLR:
        options = dict(patience=2, threshold_rule=mode, monitor='loss')
    scheduler = kind(optimizer, **options)
    for loss in losses:
        scheduler.step({'loss': loss} if kind is ReduceOnPlateauLR else loss)
    return optimizer.param_groups[0]['lr']


for kind in (ReduceLROnPlateau, ReduceOnPlateauLR):
    for mode in ('rel', 'abs'):
        rates = {name: last_rate(kind, losses, mode) for name, losses in curves.items()}
        print(f'{kind.__name__}, {mode}:', {name: f'{x:.0e}' for name, x in rates.items()})
        low = [rate < 1e-5 for rate in rates.values()]
        assert low == [True, mode == 'abs', mode == 'abs'], 'losses below zero count now'
print('as stated: below zero, standing still is an improvement')
PYTHON
"$folder/env/bin/python" "$folder/plateau.py"
