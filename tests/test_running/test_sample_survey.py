"""Which samples can be used, and which are copies."""

import pytest
from find_toy import COLOURS, coloured, write_images
from mmengine.registry import init_default_scope

from nl_plugins.running.find_source import find_source
from nl_plugins.running.sample_survey import survey_samples


@pytest.mark.parametrize('workers', [0, 2])
def test_usable_samples_and_copies(tmp_path, workers):
    init_default_scope('mmpretrain')
    write_images(tmp_path, per_class=2)
    content = (tmp_path / 'blue' / '0.png').read_bytes()
    (tmp_path / 'red' / 'a copy').write_bytes(content)
    (tmp_path / 'blue' / '+cut.png').write_bytes(content[:-30])
    (tmp_path / 'red' / 'text').write_text('text')
    dataset, _ = find_source(str(tmp_path))
    names = [path.removeprefix(f'{tmp_path}/') for path in dataset.columns.paths]
    survey = survey_samples(dataset, workers)
    left_out = {*range(len(names))} - {*survey.usable.tolist()}
    assert {names[row] for row in left_out} == {'blue/+cut.png', 'red/text'}
    (group,) = survey.copies
    assert {names[row] for row in survey.usable[group]} == {'blue/0.png', 'red/a copy'}


def test_a_number_of_workers_that_cannot_be(tmp_path):
    with pytest.raises(ValueError, match='workers must be an integer >= 0, got -1'):
        survey_samples([], -1)


def test_no_image_at_all(tmp_path):
    init_default_scope('mmpretrain')
    for name in COLOURS:
        (tmp_path / name).mkdir()
        (tmp_path / name / 'a.png').write_bytes(coloured(0, (1, 2, 3))[:20])
    dataset, _ = find_source(str(tmp_path))
    with pytest.raises(ValueError, match='none of 3 images can be used: 3 of 3 images'):
        survey_samples(dataset, 0)
