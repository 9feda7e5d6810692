#!/usr/bin/env bash
# small-text 1.4.1, scikit-learn 1.9.1, NumPy 2.4.6 (Python 3.11): greedy_coreset, which
# is to spread a batch of samples over the data, takes near copies of one, if the
# labelled samples are not the last ones of the data. Each sample is to be the one that
# is farthest from all that are labelled or chosen already. Those chosen are noted by
# their place among the unlabelled ones, and then looked up by this number in all of the
# data: the distance is that to another sample, the chosen one is far as ever, and its
# neighbours are taken, one by one. What is returned, "indices relative to x" by the
# documentation, is relative to the unlabelled ones as well, so that who looks up x[...]
# gets again other samples. The library's own strategy, GreedyCoreset, puts the labelled
# samples last before it calls the function, and is right; the function takes any array
# of embeddings and is what one calls for pictures.
# Valid input: embeddings in ten tight groups of 50, five labelled samples of one group,
# nine samples to choose; five draws.
# Seen: groups that the nine are of: 1 to 4 of nine, and all nine if the labelled ones
# are moved to the end; read as documented, all indices are those of other samples.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q small-text==1.4.1 scikit-learn==1.9.1 \
    numpy==2.4.6 scipy==1.17.1
cat > "$folder/groups.py" <<'PYTHON'
import numpy as np
from small_text import greedy_coreset

GROUPS, EACH, WIDTH, LABELLED = 10, 50, 8, 5


def draw(seed):
    rng = np.random.default_rng(seed)
    centres = rng.normal(0, 5, (GROUPS, WIDTH))
    groups = rng.permutation(np.repeat(np.arange(GROUPS), EACH))
    return centres[groups] + rng.normal(0, 0.05, (len(groups), WIDTH)), groups


def chosen(embeddings, groups, labelled):
    unlabelled = np.setdiff1d(np.arange(len(groups)), labelled)
    found = greedy_coreset(embeddings, unlabelled, labelled, GROUPS - 1,
                           distance_metric='euclidean')
    assert len(set(found.tolist())) == GROUPS - 1
    places = unlabelled[found]
    moved = int((found != places).sum())
    return len(set(groups[places].tolist())), moved


seen, moved_to_end, other = [], [], []
for seed in range(5):
    embeddings, groups = draw(seed)
    labelled = np.flatnonzero(groups == 0)[:LABELLED]
    spread, moved = chosen(embeddings, groups, labelled)
    rest = np.setdiff1d(np.arange(len(groups)), labelled)
    order = np.concatenate([rest, labelled])
    last = np.arange(len(rest), len(groups))
    same, none = chosen(embeddings[order], groups[order], last)
    assert none == 0
    seen.append(spread)
    moved_to_end.append(same)
    other.append(moved)
print(f'groups of the {GROUPS - 1} chosen: {seen}, labelled ones last: {moved_to_end}')
print(f'indices that are not those of x: {other} of {GROUPS - 1}')
assert moved_to_end == [GROUPS - 1] * 5
assert max(seen) <= 5, 'the batch is spread over the groups now'
assert min(other) == GROUPS - 1, 'the indices are relative to x now'
print('as stated: places among the unlabelled are taken for places in the data')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/groups.py"
