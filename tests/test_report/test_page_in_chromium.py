"""The page in a browser: what a person does, and what attackers would like to."""

import os
import re
import time

import numpy as np
import pytest
from chromium import BINARY, Chromium
from image_folder import jpeg
from report_toy import HOSTILE, hostile_report, toy_report

from nl_plugins.datasets.image_labels import ImageLabels
from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.datasets.wrappers.verification_labels import VerificationLabels
from nl_plugins.formats.label_file import write_label_file
from nl_plugins.report.label_file_report import label_file_report
from nl_plugins.report.write_report import write_report

pytestmark = pytest.mark.skipif(
    BINARY is None, reason='no Chromium is there (apt-get install chromium)'
)
SHOWN = "document.getElementById('count').textContent"


@pytest.fixture(scope='module')
def browser():
    with Chromium() as browser:
        yield browser


@pytest.fixture(autouse=True)
def _no_errors(browser):
    browser.errors.clear()
    browser.resize(1280, 900)
    browser.dark(False)
    yield
    assert browser.errors == []


def review(browser, report, out):
    path = write_report(report, out)
    browser.open(path, '#review')
    browser.run('localStorage.clear()')
    browser.open(path, '#review')
    browser.wait_for("document.querySelectorAll('.card').length")
    return path


def set_field(browser, name, value):
    browser.run(
        f"""(() => {{
        const form = document.getElementById('filters');
        form.elements['{name}'].value = '{value}';
        form.dispatchEvent(new Event('input'));
        return new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        }})()"""
    )


def chosen(browser):
    """The index of the sample that is shown in detail."""
    name = browser.run("document.querySelector('.detail .name').textContent")
    return int(re.search(r'#(\d+)$', name)[1])


def export(browser, folder):
    browser.do(
        'Browser.setDownloadBehavior', behavior='allow', downloadPath=str(folder)
    )
    browser.run("document.getElementById('export').click()")
    path, end = folder / 'verified.csv', time.monotonic() + 20
    while not path.exists() and time.monotonic() < end:
        time.sleep(0.05)
    return path


def test_keys_mark_the_most_suspicious_first(browser, tmp_path):
    path = review(browser, toy_report(), tmp_path)
    assert browser.run(SHOWN) == '30 of 30 images'
    assert chosen(browser) == 0
    browser.press('w', 'r', 'u')
    assert chosen(browser) == 3
    browser.press('p')
    assert chosen(browser) == 2
    tally = "document.getElementById('tally').textContent"
    assert browser.run(tally) == '1 right1 wrong1 unsure'
    browser.press('z')
    assert browser.run(tally) == '1 right1 wrong0 unsure'
    browser.press('z', 'z', 'z')
    assert browser.run(tally) == '0 right0 wrong0 unsure'
    browser.press('w', 'ArrowDown')
    browser.open(path)  # marks outlive the page
    assert browser.run(tally) == '0 right1 wrong0 unsure'
    assert browser.run("document.getElementById('live').role") == 'status'


def test_filters_sorts_and_searches(browser, tmp_path):
    report = toy_report()
    review(browser, report, tmp_path)
    set_field(browser, 'given', 1)
    assert browser.run(SHOWN) == '10 of 30 images'
    set_field(browser, 'word', -2)
    expected = (report.given_labels == 1) & report.suspicious
    assert browser.run(SHOWN) == f'{expected.sum()} of 30 images'
    set_field(browser, 'word', -1)
    for order, keys in dict(
        class_=[report.given_labels, report.scores],
        suggested=[report.suggested_labels, report.scores],
        unsuspicious=[-report.scores],
        name=[np.array(report.paths)],
        index=[np.arange(30)],
    ).items():
        expected = np.lexsort(keys[::-1]).tolist()
        name = order.rstrip('_')
        assert browser.run(f"Array.from(samples.order('{name}'))") == expected
    set_field(browser, 'order', 'unsuspicious')
    browser.press('Escape', 'Home')
    assert chosen(browser) == 28
    set_field(browser, 'query', 'BEE/1')
    assert browser.run(SHOWN) == '5 of 30 images'  # bee/1, 10, 13, 16, 19
    set_field(browser, 'query', '#4')
    assert chosen(browser) == 4
    set_field(browser, 'query', 'nowhere')
    assert browser.run(SHOWN) == '0 of 30 images'
    browser.press('w', 'n', 'z')
    set_field(browser, 'query', '')
    set_field(browser, 'given', -1)
    set_field(browser, 'low', 0.5)
    assert browser.run(SHOWN) == '15 of 30 images'
    browser.press('Escape', 'Home', 'r', 'w')
    set_field(browser, 'mark', -2)
    assert browser.run(SHOWN) == '2 of 30 images'


def test_a_cell_of_the_matrix_shows_its_images(browser, tmp_path):
    browser.open(write_report(toy_report(), tmp_path))
    label = 'given ant, suggested bee: 2 images'  # 0 and 15
    browser.run(f'document.querySelector(\'[aria-label="{label}"]\').click()')
    browser.wait_for("!document.getElementById('review-view').hidden")
    assert browser.run(SHOWN) == '2 of 30 images'
    assert chosen(browser) == 0
    browser.press('n')
    assert chosen(browser) == 15


def test_groups_by_class(browser, tmp_path):
    review(browser, toy_report(), tmp_path)
    set_field(browser, 'order', 'class')
    names = "Array.from(document.querySelectorAll('.heading'), (e) => e.textContent)"
    assert browser.run(names)[:2] == ['ant10', 'bee10']
    browser.press('Escape', 'End', 'n', 'PageDown')
    assert chosen(browser) == 29
    browser.press('r')  # at the end nothing follows
    assert browser.run('[marks.values[29], marks.totals().right]') == [1, 1]
    assert chosen(browser) == 29
    assert browser.run(names)[-1] == 'cat10'


@pytest.fixture
def odd_folder(tmp_path):
    names = [b'=cmd', b'a,"b"', b'caf\xe9', 'ñ\nx'.encode(), b'plain']
    for i in range(15):
        folder = bytes(tmp_path / 'images') + b'/' + names[i % 5]
        path = folder + f'/{i}.jpg'.encode()
        (tmp_path / 'images').mkdir(exist_ok=True)
        os.makedirs(folder, exist_ok=True)
        with open(path, 'wb') as file:
            file.write(jpeg(i))
    return dict(type=ImageLabels, data_root=str(tmp_path / 'images'))


def test_exported_marks_are_verification_labels(browser, tmp_path, odd_folder):
    inner = ImageLabels(data_root=odd_folder['data_root'])
    training_set = TrainingSet(inner)
    given = training_set.given_labels
    write_label_file(
        tmp_path / 'labels.csv',
        img_paths=training_set.paths(),
        given_labels=given,
        suggested_labels=(given + 1) % 5,
        scores=np.arange(15) / 15,
        weights=np.ones(15),
        selected=np.ones(15, bool),
    )
    report = label_file_report(tmp_path / 'labels.csv', training_set)
    path = review(browser, report, tmp_path / 'out')
    # the image itself, from where it is, also under an undecodable name
    for _ in range(15):
        browser.wait_for("document.querySelector('.large img')?.naturalWidth === 20")
        browser.press('n')
    browser.press('Home', *'wrruwwrrrwwrrrw')
    answers = [0, 1, 1, -1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0]
    csv = export(browser, tmp_path)
    dataset = VerificationLabels(inner, file=str(csv))
    assert dataset.columns.verification.tolist() == answers
    for line in csv.read_bytes().split(b'\n')[1:]:
        cells = line.split(b',')
        assert not any(cell.lstrip(b'"')[:1] in (b'=', b'+', b'@') for cell in cells)

    browser.run('localStorage.clear()')
    browser.open(path, '#review')
    document = browser.do('DOM.getDocument')['root']['nodeId']
    node = browser.do('DOM.querySelector', nodeId=document, selector='#import-file')
    browser.do('DOM.setFileInputFiles', files=[str(csv)], nodeId=node['nodeId'])
    browser.wait_for("document.getElementById('notice').textContent")
    told = browser.run("document.getElementById('notice').textContent")
    assert told == '15 marks read.'
    marks = np.array(browser.run('Array.from(marks.values)'))
    assert [{1: 1, 2: 0, 3: -1}[mark] for mark in marks.tolist()] == answers


def test_marks_of_other_data_are_not_taken(browser, tmp_path):
    review(browser, toy_report(), tmp_path)
    rows = [
        'sample_idx;img_path;given_label;class_name;verification',
        '7;bee/7.jpg;1;bee;1',
        '0;bee/10.jpg;1;bee;0',  # moved: found by its path
        '3;ant/3.jpg;2;cat;0',  # verified another label
        '4;elsewhere.jpg;1;bee;0',
        '5;cat/5.jpg;2;cat;',
    ]
    content = '\\n'.join(rows)
    assert browser.run(f"marks.read('{content}')") == dict(read=2, unknown=2)
    assert browser.run('[marks.values[7], marks.values[10]]') == [1, 2]
    assert browser.run('marks.totals()') == dict(right=1, wrong=1, unsure=0)
    rows = [
        'sample_idx,img_path,given_label,verification,given_name',
        '10,bee/10.jpg,4,1,bee',  # exported when classes had other numbers
        '7,bee/7.jpg,1,0,cat',
    ]
    content = '\\n'.join(rows)
    assert browser.run(f"marks.read('{content}')") == dict(read=1, unknown=1)
    assert browser.run('[marks.values[7], marks.values[10]]') == [1, 1]
    with pytest.raises(RuntimeError, match='no columns img_path'):
        browser.run("marks.read('a,b\\n1,2')")


def test_hostile_names_do_nothing(browser, tmp_path):
    path = review(browser, hostile_report(), tmp_path)
    for fragment in ('', '#review'):
        browser.open(path, fragment)
        for _ in range(24):
            browser.press('n')
        assert browser.run('window.hurt') is None
        assert browser.run("document.querySelectorAll('script').length") == 8
        assert browser.run("document.querySelectorAll('[onerror]').length") == 0
    names = "Array.from(document.querySelectorAll('#filters option'), (e) => e.text)"
    assert HOSTILE[0] in browser.run(names)
    assert browser.run('document.title') == HOSTILE[0]
    text = browser.run('document.body.innerText')
    assert r'\u202egnp.exe' in text
    assert not re.search('[\u202a-\u202e\u2028]', text)
    # and if one got in, the page would not run it
    browser.run(
        "document.body.insertAdjacentHTML('beforeend', "
        '\'<img src=x onerror="window.hurt = 1">\')'
    )
    time.sleep(0.2)
    assert browser.run('window.hurt') is None
    assert browser.errors
    browser.errors.clear()


def test_many_images_are_few_elements(browser, tmp_path):
    review(browser, toy_report(50_000, images=False), tmp_path)
    assert browser.run(SHOWN) == '50,000 of 50,000 images'
    for key, index in (('End', 49_999), ('Home', 0)):
        browser.press(key)
        assert chosen(browser) == index
        assert 1 < browser.run("document.querySelectorAll('.card').length") < 200
    current = "document.querySelector('.card.current')"
    browser.run('gallery.box.scrollTop = 3e5')
    browser.wait_for("document.querySelector('.card:not(.current)')")
    ids = browser.run("Array.from(document.querySelectorAll('.card'), (e) => e.id)")
    assert len(ids) == len(set(ids))
    assert browser.run(f'{current}.getAttribute("aria-setsize")') == '50000'


@pytest.mark.parametrize('dark', [False, True])
@pytest.mark.parametrize('fragment', ['', '#review'])
def test_fits_a_phone_and_the_night(browser, tmp_path, fragment, dark):
    browser.resize(360, 740, phone=True)
    browser.dark(dark)
    browser.open(write_report(hostile_report(), tmp_path), fragment)
    width = browser.run('document.documentElement.scrollWidth')
    assert width <= browser.run('innerWidth') == 360
    colour = browser.run('getComputedStyle(document.body).backgroundColor')
    assert (sum(map(int, re.findall(r'\d+', colour))) < 200) == dark


@pytest.mark.parametrize('fragment', ['', '#review'])
def test_everything_one_can_reach_has_a_name(browser, tmp_path, fragment):
    browser.open(write_report(toy_report(), tmp_path), fragment)
    nodes = browser.do('Accessibility.getFullAXTree')['nodes']
    reached = [
        node
        for node in nodes
        if any(
            p['name'] == 'focusable' and p['value']['value']
            for p in node.get('properties', ())
        )
        and node['role']['value'] not in ('RootWebArea', 'main')
    ]
    assert len(reached) > 10
    nameless = [n for n in reached if not n.get('name', {}).get('value', '').strip()]
    assert [node['role']['value'] for node in nameless] == []


def test_asks_nobody_but_the_disk(browser, tmp_path):
    browser.requests.clear()
    review(browser, toy_report(), tmp_path)
    asked = {re.sub(':.*', '', address) for address in browser.requests}
    assert asked == {'file'}
    assert any(address.endswith('/0.jpg') for address in browser.requests)
