#!/usr/bin/env bash
# statsmodels 0.15.0, pandas 3.1.1, NumPy 2.4.6 (Python 3.11): annotators who never disagree
# have a Fleiss kappa of 0.0, and annotators who label at random one of 0.5, if there are gaps
# in the table of their labels. aggregate_raters makes NaN a category like all others, with a
# column of its own, so that all rows have the same sum, fleiss_kappa's check for unequal
# numbers of raters passes, and two annotators who were not asked agree. With 20
# annotators and three labels for each image, "not asked" is 17 of 20 votes and decides all; an
# image that nobody has labelled yet is one of perfect agreement. The documentation of
# aggregate_raters says nothing of missing labels (that of to_table, beside it, does); with
# n_cat=3, or texts in a DataFrame, NaN is an error.
# Valid input: labels 0 to 2 as pandas' pivot has them, NaN where an image was not shown.
# Seen: three of 20 annotators each, always of one mind 0.005, without the column of NaN 1.0;
# 400 images by five annotators at random, 600 not labelled yet 0.54, those left out -0.01;
# categories [0, 1, 2, nan].
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q statsmodels==0.15.0 scipy==1.17.1 pandas==3.1.1 numpy==2.4.6
cat > "$folder/missing.py" <<'PYTHON'
import numpy as np
import pandas as pd
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

CLASSES = 3
rng = np.random.default_rng(0)


def table(answers, images):
    answers = pd.DataFrame(answers, columns=['image', 'annotator', 'label'])
    return answers.pivot(index='image', columns='annotator', values='label').reindex(images)


def of_one_mind(images=1000, annotators=20, each=3):
    for image in range(images):
        label = rng.integers(CLASSES)
        for annotator in rng.permutation(annotators)[:each]:
            yield image, annotator, label


def at_random(images=400, annotators=5):
    for image in range(images):
        for annotator in range(annotators):
            yield image, annotator, rng.integers(CLASSES)


kappas = {}
for name, ratings in (
    ('of one mind, 3 of 20 each', table(of_one_mind(), range(1000))),
    ('at random, 600 of 1000 not labelled yet', table(at_random(), range(1000))),
):
    counts, categories = aggregate_raters(ratings)
    labelled = counts[:, :CLASSES]
    kappas[name] = (
        float(fleiss_kappa(counts)),
        float(fleiss_kappa(labelled[labelled.sum(1) > 0])),
    )
    print(f'{name}: categories {categories}, first image {counts[0]}, last {counts[-1]}')
    print('    kappa {:.3f}, of the labels alone {:.3f}'.format(*kappas[name]))
    assert len(categories) == CLASSES + 1 and np.isnan(categories[-1])
    assert (counts.sum(1) == ratings.shape[1]).all()
(agreed, agreed_alone), (random, random_alone) = kappas.values()
assert agreed_alone > 0.999 and abs(random_alone) < 0.1
assert agreed < 0.1, 'missing labels are left out now'
assert random > 0.5
print('as stated: a missing label is a label')
PYTHON
"$folder/env/bin/python" "$folder/missing.py"
