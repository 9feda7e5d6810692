#!/usr/bin/env bash
# crowd-kit 1.4.2 (Python 3.11): consistency(), the measure of how far annotators agree, is
# 1.0, its best value, for two annotators who never agree. By default the labels are
# aggregated by majority, a tie goes to the label that comes first in the table of votes, and
# the skills that weigh the posterior are each annotator's agreement with these labels: who
# gives the label that wins all ties has the skill 1, the other 0, and the posterior is sure.
# Krippendorff's alpha of the same table is -0.9. With two annotators who label at random,
# consistency is 0.69 and alpha 0.
# Valid input: ten tasks, annotator A says cat, B says dog; 1,000 tasks of two labels drawn
# at random.
# Seen: consistency 1.0 and alpha -0.9; 0.69 and -0.03.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q crowd-kit==1.4.2 numpy==2.4.6 pandas==3.1.1 \
    scikit-learn==1.9.1
cat > "$folder/agreement.py" <<'PYTHON'
import random

import pandas as pd
from crowdkit.metrics.data import alpha_krippendorff, consistency


def agreement(label, tasks):
    answers = pd.DataFrame(
        [
            dict(task=f'image {task}', worker=worker, label=label(worker))
            for task in range(tasks)
            for worker in 'AB'
        ]
    )
    return float(consistency(answers)), alpha_krippendorff(answers)


never = agreement(lambda worker: dict(A='cat', B='dog')[worker], tasks=10)
random.seed(0)
chance = agreement(lambda worker: random.choice(['cat', 'dog']), tasks=1000)
for name, (value, alpha) in dict(never=never, chance=chance).items():
    print(f'agree {name}: consistency {value:.2f}, alpha {alpha:.2f}')
assert never[0] == 1.0, 'who never agrees is not consistent any more'
assert abs(never[1] + 0.9) < 1e-9
assert chance[0] > 0.6 and abs(chance[1]) < 0.1
print('as stated: perfect consistency without a single agreement')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/agreement.py"
