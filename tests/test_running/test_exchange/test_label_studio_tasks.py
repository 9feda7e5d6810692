"""Tasks for Label Studio, and its JSON export, in the documented formats."""

import json
from dataclasses import replace
from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
import pytest
from tool_runs import print_of_tool

from nl_plugins.formats.label_file import LabelFile, read_label_file, write_label_file
from nl_plugins.running.exchange.adapters import ADAPTERS
from nl_plugins.running.exchange.label_studio_tasks import (
    read_label_studio_tasks,
    write_label_studio_tasks,
)

NAMES = ['cat/1.jpg', '=cat/<b>&"1\n.jpg', 'gr\udcfcn.jpg', 'dog/1.jpg']
CLASSES = ['cat', '<i>"dog"&']


@pytest.fixture
def file():
    return LabelFile(
        img_paths=np.array(NAMES, dtype=object),
        given_labels=np.array([0, 0, 1, 1]),
        suggested_labels=np.array([0, 1, 1, 0]),
        scores=np.array([0.9, 0.2, 0.8, 0.1]),
        indices=np.array([3, 5, 7, 9]),
        class_names=CLASSES,
    )


def annotated(task, *choices, cancelled=False) -> dict:
    """The task as it is exported."""
    result = dict(from_name='label', to_name='image', type='choices')
    value = dict(choices=list(choices))
    annotation = dict(id=1, was_cancelled=cancelled, result=[dict(result, value=value)])
    annotation['updated_at'] = '2024-01-01T00:00:00Z'
    return dict(task, id=1, annotations=[annotation])


def with_result(task, value) -> dict:
    """The task with an annotation that no Label Studio writes."""
    result = [dict(type='choices', value=value)]
    return dict(task, annotations=[dict(result=result)])


def test_tasks_and_interface(tmp_path, file):
    tasks, interface = write_label_studio_tasks(file, tmp_path, '/srv/my images/')
    first, second, *_ = json.loads(tasks.read_text(encoding='utf-8'))
    assert first['data']['path'] == 'dog/1.jpg'  # the most suspicious first
    address = second['data']['image']
    start = '/data/local-files/?d='
    assert unquote(address.removeprefix(start)) == f'srv/my images/{NAMES[1]}'
    assert address.isascii()
    assert not set('<>"\n ') & set(address)
    (prediction,) = second['predictions']
    assert prediction['score'] == second['data']['score'] == 0.2
    (result,) = prediction['result']
    assert result['value'] == dict(choices=[CLASSES[1]])
    root = ElementTree.parse(interface).getroot()
    control, image = root.find('Choices'), root.find('Image')
    assert [choice.get('value') for choice in control] == CLASSES
    assert (result['from_name'], result['to_name'], result['type']) == (
        control.get('name'),
        control.get('toName'),
        'choices',
    )
    assert (image.get('name'), image.get('value')) == (result['to_name'], '$image')


def test_what_people_chose_comes_back(tmp_path, file):
    tasks, _ = write_label_studio_tasks(file, tmp_path, 'https://example.org/a')
    found = {task['data']['sample_idx']: task for task in json.loads(tasks.read_text())}
    assert found[3]['data']['image'] == 'https://example.org/a/cat/1.jpg'
    answers = [
        annotated(found[3], 'cat'),
        annotated(found[5], CLASSES[1]),
        annotated(found[7], 'cat', cancelled=True),
        dict(found[9], annotations=[]),
    ]
    labels, export = tmp_path / 'labels.csv', tmp_path / 'export.json'
    write_label_file(labels, **vars(file))
    export.write_text(json.dumps(answers))
    out = tmp_path / 'back.csv'
    told = print_of_tool(
        'import_issues', labels, export, '--tool', 'label_studio', '--out', out
    )
    assert 'of 4 0 to be dropped, 1 replaced' in told
    back = read_label_file(out)
    assert back.verification.tolist() == [1, 0, -1, -1]
    assert back.recommended.tolist() == ['keep', 'replace', 'keep', 'keep']
    assert back.suggested_labels.tolist() == [0, 1, 1, 0]
    assert back.img_paths.tolist() == NAMES


def test_the_last_word_is_the_mark(tmp_path, file):
    """Those of the list stay where nobody chose, and do not contradict the choice."""
    file = replace(file, verification=[1, 0, -1, 0], marks=['right', '', 'unsure', ''])
    tasks, _ = write_label_studio_tasks(file, tmp_path, '')
    export = {
        task['data']['sample_idx']: task for task in json.loads(tasks.read_text())
    }
    export[3] = annotated(export[3], CLASSES[1])
    export[5] = annotated(export[5], CLASSES[0])
    path = tmp_path / 'export.json'
    path.write_text(json.dumps([*export.values()]))
    answer = read_label_studio_tasks(path, file)
    assert answer.verification.tolist() == [0, 1, -1, 0]
    assert answer.marks.tolist() == ['wrong', 'right', 'unsure', '']


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda task: {}, 'task 0 is about no sample'),
        (lambda task: dict(task, data=dict(task['data'], path='x')), 'about no sample'),
        (lambda task: annotated(task, 'owl'), "task 0 has 'owl', which is no class"),
        (lambda task: annotated(task, 'cat', 'owl'), r'0 has \[.*\], not one choice'),
        (lambda task: annotated(task, ['cat']), 'task 0 has .*, not one choice'),
        (lambda task: dict(task, annotations=5), 'task 0 is not as Label Studio'),
        (lambda task: with_result(task, ['cat']), 'task 0 is not as Label Studio'),
        (lambda task: with_result(task, 5), 'task 0 is not as Label Studio'),
        (lambda task: with_result(task, {}), 'task 0 has None, not one choice'),
        (lambda task: with_result(task, dict(choices=[])), r'has \[\], not one choice'),
        (lambda task: with_result(task, dict(choices=[5])), r'has \[5\], not one choi'),
        (lambda task: with_result(task, dict(choices={'cat': 1})), 'not one choice'),
        (lambda task: with_result(task, dict(choices='5')), "has '5', not one choice"),
        (lambda task: dict(task['data'], id=1, label='cat'), 'a JSON-MIN export: exp'),
    ],
)
def test_what_is_no_answer(tmp_path, file, change, message):
    file = replace(file, class_names=['cat', 'None', '5'])  # no value becomes one
    tasks, _ = write_label_studio_tasks(file, tmp_path, '')
    path = tmp_path / 'export.json'
    path.write_text(json.dumps([change(json.loads(tasks.read_text())[0])]))
    with pytest.raises(ValueError, match=message):
        read_label_studio_tasks(path, file)
    path.write_text('{}')
    with pytest.raises(ValueError, match='no JSON export'):
        read_label_studio_tasks(path, file)


def test_samples_without_a_file_cannot_be_shown(tmp_path, file):
    file.img_paths[2] = ''
    for tool in ('fiftyone', 'label_studio'):
        with pytest.raises(ValueError, match='sample 7 has no image file'):
            ADAPTERS[tool].write(file, tmp_path, '/data')
    assert not [*tmp_path.iterdir()]


def test_from_the_command_line(tmp_path, file):
    write_label_file(tmp_path / 'labels.csv', **vars(file))
    for tool in ('cleanlab', 'fiftyone', 'label_studio'):
        out = tmp_path / tool
        told = print_of_tool('export', tmp_path / 'labels.csv', tool, '--out', out)
        assert all(str(path) in told for path in out.iterdir())
        assert [*out.iterdir()]
