#!/usr/bin/env bash
# river 0.26.1, NumPy 2.4.6 (Python 3.11): an active learner that knows nothing asks for
# nothing. EntropySampler asks for a label the more likely, the higher the entropy of
# the prediction. Most of river's classifiers (naive Bayes, trees, neighbours, softmax)
# predict {} before they have learned, and one class with the probability 1 as long as
# they have seen no other one; of both the entropy is 0, so that no label is ever asked
# for and nothing is ever learned, by the end of the stream as at its start. No warning.
# The documentation's example has the one kind of model that starts with two classes
# at 0.5 each, logistic regression. A start with a few labels does not help if they
# are all of one class, as the first images of a folder are: the learner has then the
# accuracy of that class and believes to be sure. For the same reason a class that the
# model has not met is never asked for where it predicts one class only.
# Valid input: a stream of 1,000 samples of three classes, river's own loop for it.
# Seen: labels asked for: with no label or with five of one class to start with 0, and
# accuracy 0 or 0.34; with one label of each class 78 to 670, and 0.48 to 0.77.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q river==0.26.1 numpy==2.4.6 scipy==1.17.1 \
    pandas==3.1.1
cat > "$folder/asks.py" <<'PYTHON'
import random

from river import active, linear_model, metrics, naive_bayes, neighbors, tree

random.seed(0)
labels = [random.choice('abc') for _ in range(1000)]
samples = [({'x': random.gauss(2 * 'abc'.index(label), 1)}, label) for label in labels]


def run(model, start):
    learner = active.EntropySampler(model.clone(), seed=1)
    accuracy, asked = metrics.Accuracy(), 0
    for label in start:
        learner.learn_one({'x': 2.0 * 'abc'.index(label)}, label)
    for sample, label in samples:
        predicted, ask = learner.predict_one(sample)
        accuracy.update(label, predicted or None)
        if ask:
            asked += 1
            learner.learn_one(sample, label)
    return asked, accuracy.get()


def first_prediction(model):
    return model.clone().predict_proba_one({'x': 0.0})


models = [naive_bayes.GaussianNB(), tree.HoeffdingTreeClassifier(),
          neighbors.KNNClassifier(), linear_model.SoftmaxRegression()]
for model in models:
    assert first_prediction(model) == {}
    nothing, one_class, each = (run(model, start) for start in ('', 'aaaaa', 'abc'))
    print(f'{type(model).__name__}: asked for {nothing[0]}, {one_class[0]}, {each[0]} '
          f'labels, accuracy {nothing[1]:.2f}, {one_class[1]:.2f}, {each[1]:.2f}')
    assert nothing == (0, 0), 'it asks for a label before it has learned now'
    assert one_class == (0, labels.count('a') / 1000), 'it asks with one class now'
    assert each[0] > 50 and each[1] > 0.45
logistic = linear_model.LogisticRegression()
assert first_prediction(logistic) == {False: 0.5, True: 0.5}
print('as stated: who knows nothing asks for nothing')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/asks.py"
