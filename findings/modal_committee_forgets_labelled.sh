#!/usr/bin/env bash
# modAL-python 0.4.2.1, scikit-learn 1.7.2, NumPy 2.4.6 (Python 3.11): with a Committee,
# the batch strategy does not know what is labelled. uncertainty_batch_sampling is to
# take samples that are far from the labelled ones and from each other; it looks for the
# labelled ones in X_training, which a committee has, and which is None for good: only
# its learners' are filled. None is taken for "nothing labelled yet", so that each query
# begins with the sample in the middle of the pool, however sure the committee is of it
# and though its neighbours are labelled, and goes on from there. What has been labelled
# changes nothing about which samples are looked at as far away. And the first sample is
# not crossed off the list: a query for the whole pool has it twice, and another never.
# The documentation has the committee among the supported models; an ActiveLearner with
# the same data is right. No error, no warning.
# Valid input: 60 labelled samples in the middle of a pool of 100; batches of five.
# Seen, distance of the first one asked for to the nearest labelled one, in four draws:
# committee 0.04, 0.05, 0.12, 0.02; one learner 1.13, 1.02, 1.17, 1.88. The middle one of
# the pool is the first each time. Of 100 asked for, 99 are different ones.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q scikit-learn==1.7.2 numpy==2.4.6 \
    scipy==1.17.1 pandas==3.1.1
"$folder/env/bin/python" -m pip install -q --no-deps modAL-python==0.4.2.1
cat > "$folder/committee.py" <<'PYTHON'
import numpy as np
from modAL.batch import uncertainty_batch_sampling
from modAL.models import ActiveLearner, Committee
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

BATCH = 5


def learner(estimator, known):
    return ActiveLearner(estimator, query_strategy=uncertainty_batch_sampling,
                         X_training=known, y_training=(known[:, 0] > 0).astype(int))


def draw(seed):
    rng = np.random.default_rng(seed)
    pool, known = rng.normal(0, 1, (100, 2)), rng.normal(0, 0.3, (60, 2))
    single = learner(LogisticRegression(), known)
    members = [learner(estimator, known) for estimator in
               (LogisticRegression(), GaussianNB(), LogisticRegression(C=0.1))]
    committee = Committee(members, query_strategy=uncertainty_batch_sampling)
    committee.teach(known[:1], (known[:1, 0] > 0).astype(int))
    assert committee.X_training is None
    assert all(len(member.X_training) == 61 for member in members)
    middle = np.linalg.norm(pool[:, None] - pool, axis=2).mean(0).argmin()
    nearest = np.linalg.norm(pool[:, None] - known, axis=2).min(1)
    firsts = {}
    for name, model in dict(committee=committee, learner=single).items():
        asked, _ = model.query(pool, n_instances=BATCH)
        everything, _ = model.query(pool, n_instances=len(pool))
        firsts[name] = int(asked[0])
        print(f'{name}: asked for {asked.tolist()}, first at '
              f'{nearest[asked[0]]:.2f} from a labelled one, of {len(everything)} '
              f'different {len(set(everything.tolist()))}')
        assert len(set(everything.tolist())) == len(pool) - (name == 'committee')
    assert firsts['committee'] == middle, 'it knows what is labelled now'
    assert nearest[firsts['committee']] < 0.2
    assert nearest[firsts['learner']] > 0.8


for seed in range(4):
    draw(seed)
print('as stated: a committee begins in the middle of the pool, again and again')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/committee.py"
