#!/usr/bin/env bash
# MAPIE 1.6.0, scikit-learn 1.9.1, NumPy 2.4.6 (Python 3.11): spiegelhalter_p_value says p = 1.0
# of a model that is as far from calibrated as one of which it says p = 0.0. It looks at one
# side only: a model that is too sure of itself is found out, one that is not sure enough,
# as training with wrong labels, label smoothing or mixup makes it, has p = 1.0 the more certainly
# the worse it is, and never fails. The documentation calls p the probability of the
# observed statistic if the calibration is perfect, and the statistic the better, the closer
# it is to zero; the Kolmogorov-Smirnov and Kuiper p-values beside it find both. By the test
# as published, in both directions, p is 0 for both models.
# Valid input: 2,000 probabilities and labels drawn with true probabilities that are twice as
# far from 0 in the logit, or half as far.
# Seen: calibrated z 0.6, p 0.27; too sure z 12.1, p 0.0; not sure enough z -11.5, p 1.0;
# of 200 samples, p < 0.05 for too sure all, for not sure enough none, Kuiper's all.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q mapie==1.6.0 scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
cat > "$folder/test.py" <<'PYTHON'
import numpy as np
from mapie.metrics.calibration import (
    kolmogorov_smirnov_p_value,
    kuiper_p_value,
    spiegelhalter_p_value,
    spiegelhalter_statistic,
)
from scipy.special import expit, logit
from scipy.stats import norm

IMAGES, SAMPLES = 2000, 200
rng = np.random.default_rng(1)
scores = rng.uniform(0.01, 0.99, IMAGES)
true = {
    'calibrated': scores,
    'too sure': expit(logit(scores) / 2),
    'not sure enough': expit(logit(scores) * 2),
}


def both_sides(labels):
    """Spiegelhalter's z by hand, with a p-value for either direction."""
    seen = ((labels - scores) ** 2).sum() - (scores * (1 - scores)).sum()
    z = seen / np.sqrt(((1 - 2 * scores) ** 2 * scores * (1 - scores)).sum())
    return z, 2 * norm.sf(abs(z))


found = {}
for name, probability in true.items():
    found[name] = np.zeros(3)
    for sample in range(SAMPLES):
        labels = (rng.random(IMAGES) < probability).astype(int)
        z, by_hand = both_sides(labels)
        assert np.isclose(spiegelhalter_statistic(labels, scores), z)
        p = spiegelhalter_p_value(labels, scores)
        kuiper = kuiper_p_value(labels, scores)
        found[name] += [p < 0.05, by_hand < 0.05, kuiper < 0.05]
        if sample == 0:
            print(
                f'{name}: z {z:.2f}, p {p:.3f}; both sides {by_hand:.3f},',
                f'Kolmogorov-Smirnov {kolmogorov_smirnov_p_value(labels, scores):.3f},',
                f'Kuiper {kuiper:.3f}',
            )
            if name == 'not sure enough':
                assert z < -5 and p > 0.999, 'the test looks at both sides now'
            if name == 'too sure':
                assert z > 5 and p < 0.001
    print(f'    p < 0.05 in {found[name][0]:.0f}, by hand in {found[name][1]:.0f},'
          f' by Kuiper in {found[name][2]:.0f} of {SAMPLES}')
assert found['calibrated'].max() < SAMPLES / 5
assert (found['too sure'] == SAMPLES).all()
assert found['not sure enough'][0] == 0, 'a model that is not sure enough fails now'
assert (found['not sure enough'][1:] == SAMPLES).all()
print('as stated: only a model that is too sure fails')
PYTHON
"$folder/env/bin/python" "$folder/test.py"
