"""Fig. 3 and 7 show the right images in the right order."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from cleannet_toy import NUM_IMAGES, cleannet_hook, verified_loader
from mmpretrain.registry import DATASETS
from toy import NUM_CLASSES, build, hook_of, toy

from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.methods.cleannet import cleannet_pictures
from nl_plugins.methods.cleannet.cleannet_hook import CleanNetHook
from nl_plugins.methods.cleannet.cleannet_pictures import draw_cleannet

QUIET = dict(default_hooks=dict(checkpoint=None))


@pytest.fixture
def drawn(monkeypatch):
    """What is given to the plotting function, by the name of the file."""
    calls, plot = {}, cleannet_pictures.plot_weighted_images

    def keep(path, *args):
        calls[Path(path).name] = args
        return plot(path, *args)

    monkeypatch.setattr(cleannet_pictures, 'plot_weighted_images', keep)
    return calls


@pytest.fixture
def planted():
    """Cosines fall with the index; all of class 2 is kept, most of class 0 is not."""
    data = TrainingSet(DATASETS.build(toy(verified=True, num_samples=60)))
    given, size = data.given_labels, 60
    selected = (torch.arange(size) < 30) & (given == 0) | (given == 2)
    selected |= (given == 1) & (torch.arange(size) < 50)
    nearest = torch.full((3, 12), -1)
    for label in range(2):
        nearest[label] = (given == label).nonzero()[:12, 0]
    nearest[1, 3] = nearest[1, 7]
    nearest[1, 11] = -1
    names = data.class_names(3)
    return SimpleNamespace(training_set=data, class_names=names), dict(
        selected=selected,
        known=torch.arange(size) != 1,
        similarity=1 - torch.arange(size) / 30,
        attention=torch.arange(36).view(3, 12) / 36,
        nearest=nearest,
    )


def rows_of(side, data):
    """The samples that were shown."""
    images = [data.dataset.get_data_info(row)['img'] for row in range(len(data))]
    return [
        [next(i for i, img in enumerate(images) if (img == w.image).all()) for w in row]
        for row in side
    ]


def test_cosines_of_kept_and_dropped_images(planted, drawn, tmp_path):
    hook, columns = planted
    data, selected, known = hook.training_set, columns['selected'], columns['known']
    paths = draw_cleannet(hook, tmp_path, **columns)
    assert paths == [str(tmp_path / name) for name in drawn]
    assert list(drawn) == ['attention.png', 'similarity.png']
    for path in paths:
        assert Path(path).read_bytes().startswith(b'\x89PNG')
    names, *sides, titles = drawn['similarity.png']
    assert names == ['red', 'green', 'blue']  # most dropped first
    assert titles[1] == 'Dropped'
    for side, chosen in zip(sides, (selected, ~selected)):
        for label, shown in enumerate(rows_of(side, data)):
            mine = (known & chosen & (data.given_labels == label)).nonzero()[:, 0]
            assert len(shown) == min(5, len(mine))
            if shown:
                assert shown == sorted(shown)  # cosines fall
                assert [shown[0], shown[-1]] == [mine[0], mine[-1]]
                assert 1 not in shown
    assert sides[1][2] == []
    for row, panel in zip(rows_of(sides[0], data)[0], sides[0][0]):
        assert panel.weight == pytest.approx(1 - row / 30)
        verified, right = data.verification[row], data.true_labels[row] == 0
        assert panel.right == (bool(verified) if verified >= 0 else bool(right))


def test_references_by_attention(planted, drawn, tmp_path):
    hook, columns = planted
    draw_cleannet(hook, tmp_path, **columns)
    names, most, least, _ = drawn['attention.png']
    nearest, attention = columns['nearest'], columns['attention']
    data = hook.training_set
    assert rows_of(most, data)[0] == nearest[0, [11, 10, 9, 8, 7]].tolist()
    assert rows_of(least, data)[0] == nearest[0, [0, 1, 2, 3, 4]].tolist()
    assert [w.weight for w in most[0]] == pytest.approx(
        (12 * attention[0, [11, 10, 9, 8, 7]]).tolist()
    )
    # 11 references near 10 images: each once, with its highest attention
    assert rows_of(most, data)[1] == nearest[1, [10, 9, 8, 7, 6]].tolist()
    assert rows_of(least, data)[1] == nearest[1, [0, 1, 2, 4, 5]].tolist()
    assert most[1][3].weight == pytest.approx(11 * float(attention[1, 7]))
    assert most[2] == least[2] == []


def test_marks_without_true_labels(planted, drawn, tmp_path):
    """A verification label, which has the last word, or none."""
    hook, columns = planted
    data = hook.training_set
    data.true_labels = torch.where(torch.arange(60) == 3, 0, -1)
    data.verification = torch.where(data.verification >= 0, 0, -1)
    draw_cleannet(hook, tmp_path, **columns)
    _, *sides, _ = drawn['similarity.png']
    for side in sides:
        for rows, panels in zip(rows_of(side, data), side):
            for row, panel in zip(rows, panels):
                want = None if data.verification[row] < 0 else False
                assert panel.right is (True if row == 3 and want is None else want)


def test_hostile_names_and_images_that_are_not_there(planted, drawn, tmp_path):
    hook, columns = planted
    data = hook.training_set

    class Gone:
        metainfo = dict(classes=['$x^', '\u202e\n', ''])

        def get_data_info(self, row):
            if row % 2:
                return data_info(row)
            return dict(img_path=str(tmp_path / f'$_{row}\n.jpg'))

    data_info, data.dataset = data.dataset.get_data_info, Gone()
    assert len(draw_cleannet(hook, tmp_path, **columns)) == 2
    shown = [w for row in drawn['similarity.png'][1] for w in row]
    assert 0 < len(shown) < 15
    Gone.get_data_info = lambda self, row: dict(img_path='')
    assert draw_cleannet(hook, tmp_path, **columns) == []


def test_nothing_to_show(planted, tmp_path):
    hook, columns = planted
    columns['known'] = torch.zeros(60) > 0
    assert draw_cleannet(hook, tmp_path, **columns) == []
    assert not list(tmp_path.iterdir())


def train(tmp_path, epochs=2, **changes):
    loop = dict(by_epoch=True, max_epochs=epochs, val_interval=100)
    loader = verified_loader()
    return build(
        tmp_path, [cleannet_hook()], train_dataloader=loader, train_cfg=loop, **changes
    )


def names_of(paths):
    return [Path(path).name for path in paths]


def test_pictures_of_a_run_and_of_one_that_is_resumed(tmp_path, drawn):
    runner = train(tmp_path)
    runner.train()
    hook = hook_of(runner, CleanNetHook)
    paths = hook.draw(runner, tmp_path / 'r', 4)
    pictures = ['attention.png', 'similarity.png']
    assert names_of(paths) == [*pictures, 'suspicious_images.png']
    names, kept, dropped, _ = drawn['similarity.png']
    rows = rows_of(kept, hook.training_set)
    for panels, shown in zip(kept, rows):
        cosines = 2 * hook.table.scores[shown] - 1
        assert [w.weight for w in panels] == pytest.approx(cosines.tolist(), abs=1e-6)
    assert any(dropped)
    assert len(hook.shown['known']) == NUM_IMAGES
    near = hook.shown['nearest']
    for label in range(NUM_CLASSES):
        own = near[label][near[label] >= 0]
        assert (hook.table.given_labels[own] == label).all()
    first = dict(drawn)
    resumed = train(tmp_path, 3, resume=True)
    resumed.call_hook('before_run')
    resumed._train_loop = resumed.build_train_loop(resumed._train_loop)
    resumed.load_or_resume()
    resumed.call_hook('before_train')
    again = hook_of(resumed, CleanNetHook)
    assert names_of(again.draw(resumed, tmp_path / 's', 4)) == names_of(paths)
    for name in pictures:
        assert drawn[name][0] == first[name][0]
        shown, before = (
            [w.weight for row in call[name][1] for w in row] for call in (drawn, first)
        )
        assert shown == before


def test_a_run_before_its_first_round(tmp_path):
    runner = build(
        tmp_path,
        [cleannet_hook(start_epoch=9)],
        train_dataloader=verified_loader(),
        **QUIET,
    )
    runner.train()
    hook = hook_of(runner, CleanNetHook)
    assert names_of(hook.draw(runner, tmp_path, 4)) == ['suspicious_images.png']
