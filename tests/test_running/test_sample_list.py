"""Some samples as a list, or none."""

from nl_plugins.datasets.releases.digits import Digits
from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.running.sample_list import sample_list


def test_a_list_of_no_samples():
    found = sample_list(TrainingSet(Digits()), [])
    assert len(found.img_paths) == len(found.given_labels) == len(found.indices) == 0
