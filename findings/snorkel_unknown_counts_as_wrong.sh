#!/usr/bin/env bash
# snorkel 0.10.0 (Python 3.11): LFAnalysis.lf_summary(Y) contradicts itself where some true
# labels are unknown. Of labels given by a rule or a person, it says in one row that 93 are
# correct, 7 incorrect, and the accuracy 0.093. The counts leave out samples whose true
# label is -1, snorkel's sign for "unknown", as snorkel's Scorer does; the accuracy counts
# each vote on such a sample as wrong. So it falls with the number of unknown labels, and
# whoever votes on few samples without a true label beats whoever votes on many: the best
# is ranked last. lf_empirical_accuracies(Y) gives the same numbers.
# Valid input: 1,000 samples, 100 with a true label, three sources that are right in about
# 90, 75 and 60 %; the worse two leave most samples without a true label out.
# Seen: correct 93, 73, 68, incorrect 7, 27, 32, "Emp. Acc." 0.093, 0.243, 0.34; on the 100
# samples alone 0.93, 0.73, 0.68, as by Scorer.
# (Of snorkel, only what its analysis needs is installed; torch is not used.)
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q numpy==2.4.6 pandas==3.1.1 scikit-learn==1.9.1 tqdm==4.70.1
"$folder/env/bin/python" -m pip install -q --no-deps snorkel==0.10.0
cat > "$folder/accuracy.py" <<'PYTHON'
import numpy as np
from snorkel.analysis import Scorer
from snorkel.labeling import LFAnalysis

SAMPLES, KNOWN = 1000, 100
rng = np.random.default_rng(0)
truth = rng.integers(0, 2, SAMPLES)
votes = np.stack(
    [np.where(rng.random(SAMPLES) < right, truth, 1 - truth) for right in (0.9, 0.75, 0.6)],
    axis=1,
)
votes[KNOWN + 200 :, 1] = -1
votes[KNOWN + 100 :, 2] = -1
labels = truth.copy()
labels[KNOWN:] = -1

summary = LFAnalysis(votes).lf_summary(labels)
print(summary.to_string())
accuracy = summary['Emp. Acc.'].to_numpy()
correct = summary['Correct'].to_numpy()
by_counts = correct / (correct + summary['Incorrect'].to_numpy())
known = LFAnalysis(votes[:KNOWN]).lf_empirical_accuracies(labels[:KNOWN])
scorer = Scorer(metrics=['accuracy'])
scores = np.array([scorer.score(labels, column)['accuracy'] for column in votes.T])
print('Emp. Acc.               ', accuracy.round(3))
print('correct of those counted', by_counts.round(3))
print('on the known ones alone ', known.round(3))
print("snorkel's Scorer        ", scores.round(3))
assert np.allclose(by_counts, known) and np.allclose(by_counts, scores)
assert not np.allclose(accuracy, by_counts), 'unknown labels are left out now'
assert by_counts.argmax() == 0 and accuracy.argmin() == 0
print('as stated: votes on samples without a true label count as wrong')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/accuracy.py"
