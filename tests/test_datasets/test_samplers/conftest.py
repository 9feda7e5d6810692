import pytest

from nl_plugins.datasets.samplers import epoch_sampler


class Labels:
    """A dataset of labels and nothing else."""

    def __init__(self, labels):
        self.labels = labels

    def __len__(self):
        return len(self.labels)

    def get_data_info(self, index):
        return dict(gt_label=self.labels[index], sample_idx=index)


@pytest.fixture
def labels():
    return Labels


@pytest.fixture
def on_ranks(monkeypatch):
    """Makes a sampler on each of several ranks."""

    def build(world_size, make):
        samplers = []
        for rank in range(world_size):
            monkeypatch.setattr(
                epoch_sampler, 'get_dist_info', lambda rank=rank: (rank, world_size)
            )
            samplers.append(make())
        return samplers

    return build
