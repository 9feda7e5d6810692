#!/usr/bin/env bash
# cleanlab 2.9.0 (Python 3.11): where annotators' votes for an image are tied,
# get_majority_vote_label takes the class that is *rarest* among all votes. Its documentation
# says that ties go, after the model's probabilities if there are any, to "the class with
# highest frequency". So of two annotators, every image on which they differ becomes the
# rarer class, and what the consensus then says of class sizes is not what either says.
# Valid input: 100 images, two annotators; both say cat (0) for 80 and dog (1) for 10, and
# differ on 10.
# Seen: all 10 become dog, so dogs are 20 of 100, where each annotator has 15; the other way
# round, with 80 dogs, all 10 become cat.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q cleanlab==2.9.0 numpy==2.4.6 scikit-learn==1.9.1 pandas==3.1.1
cat > "$folder/ties.py" <<'PYTHON'
import numpy as np
from cleanlab.multiannotator import get_majority_vote_label


def votes(frequent, rare):
    """Two annotators: 80 images of one class, 10 of the other, 10 on which they differ."""
    agreed = np.repeat([frequent, rare], [80, 10])
    differing = np.array([[frequent, rare], [rare, frequent]] * 5)
    return np.vstack([np.stack([agreed, agreed], axis=1), differing])


for name, frequent, rare in (('cat', 0, 1), ('dog', 1, 0)):
    labels = votes(frequent, rare)
    consensus = get_majority_vote_label(labels, verbose=False)
    by_annotator = (labels == rare).sum(axis=0).tolist()
    ties = np.bincount(consensus[90:], minlength=2).tolist()
    print(
        f'{name} is frequent: the rare class has {by_annotator} votes by annotator, '
        f'{(consensus == rare).sum()} in the consensus; ties as [cat, dog]: {ties}'
    )
    assert by_annotator == [15, 15]
    assert ties[rare] == 10, 'ties do not all go to the rare class any more'
print('as stated: ties go to the rarest class')
PYTHON
"$folder/env/bin/python" "$folder/ties.py"
