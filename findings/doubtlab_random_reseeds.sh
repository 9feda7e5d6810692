#!/usr/bin/env bash
# doubtlab 0.2.4 (Python 3.11): asking a DoubtEnsemble that holds a RandomReason for its
# indices seeds NumPy's *global* generator anew, with the same number each time. Whatever
# draws from it afterwards (a split, a shuffle, augmentation with numpy.random, scikit-learn
# with random_state=None) repeats itself, whatever seed the program had set: two runs with
# different seeds go on alike. random_seed reads like a seed of the reason's own.
# Valid input: five samples, RandomReason() beside the user's numpy.random.seed.
# Seen: after seeds 1 and 2 the next number is 0.417 and 0.436; with get_indices in between
# it is 0.156 for both.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q doubtlab==0.2.4 cleanlab==2.9.0 numpy==2.4.6 \
    scikit-learn==1.9.1 pandas==3.1.1
cat > "$folder/seeds.py" <<'PYTHON'
import numpy as np
from doubtlab.ensemble import DoubtEnsemble
from doubtlab.reason import RandomReason

ensemble = DoubtEnsemble(random=RandomReason(probability=0.5))


def next_number(seed, ask):
    np.random.seed(seed)
    if ask:
        ensemble.get_indices(np.zeros((5, 1)), np.zeros(5))
    return round(np.random.random(), 3)


plain = [next_number(seed, ask=False) for seed in (1, 2)]
asked = [next_number(seed, ask=True) for seed in (1, 2)]
print(f'next number after seeds 1 and 2: {plain}; after the indices were asked for: {asked}')
assert plain == [0.417, 0.436]
assert asked[0] == asked[1], 'the global generator is left alone now'
print('as stated: both go on alike')
PYTHON
"$folder/env/bin/python" "$folder/seeds.py"
