import os
import re
import signal
from html.parser import HTMLParser

import pytest
from processes import forked
from report_toy import hostile_report, pictures, toy_report

from nl_plugins.report.noise_rate import NoiseRate
from nl_plugins.report.write_report import PAGE, SCRIPTS, write_report


class Page(HTMLParser):
    """The elements and the text of a page."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(path.read_text(encoding='utf-8'))
        self.text = ' '.join(' '.join(self.texts).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)


def test_all_files_of_the_page_are_there(tmp_path):
    path = write_report(toy_report(), tmp_path / 'deep' / 'out')
    page = Page(path)
    links = [a.get('src', a.get('href', '#')) for _, a in page.tags]
    files = [name for name in links if not name.startswith('#')]
    assert len(files) == 2 + len(SCRIPTS)
    for name in files:
        assert (path.parent / name).is_file()
    assert {p.stem for p in PAGE.glob('*.js')} == set(SCRIPTS)
    folder = files[0].split('/')[0]
    assert {p.name for p in path.parent.iterdir()} == {path.name, folder}


def test_nothing_is_inline_and_nothing_is_elsewhere(tmp_path):
    page = Page(write_report(toy_report(), tmp_path))
    assert all('src' in attrs for tag, attrs in page.tags if tag == 'script')
    assert not [t for t, a in page.tags if 'style' in a or t == 'style']
    assert not [a for _, a in page.tags if any(name.startswith('on') for name in a)]
    for path in [*PAGE.iterdir(), *tmp_path.rglob('*.js')]:
        addresses = re.findall(r'https?://[^\'"]*', path.read_text(encoding='utf-8'))
        assert set(addresses) <= {'http://www.w3.org/2000/svg'}


def test_says_the_rates_their_errors_and_what_they_were_estimated_from(tmp_path):
    report = toy_report(
        noise_rate=NoiseRate(0.25, 0.2, 0.3),
        class_noise_rates={1: NoiseRate(0.5, 0.35, 0.65)},
        noise_source='200 labels <verified> at random',
        true_labels=[0] * 30,
        verification=[1] * 7 + [-1] * 23,
    )
    text = Page(write_report(report, tmp_path)).text
    assert '25 % (20 to 30 %)' in text
    assert '50 % (35 to 65 %)' in text
    assert 'estimated from 200 labels <verified> at random' in text
    assert '6 suspicious labels (20.0 %)' in text
    assert '7 labels verified' in text
    # of the suspicious 0, 5, ..., 25 the labels are 0, 2, 1, 0, 2, 1
    assert '4 of 6' in text
    assert '20 of 30 labels' in text


def test_without_an_estimate_none_is_made_up(tmp_path):
    text = Page(write_report(toy_report(), tmp_path)).text
    assert 'not estimated' in text
    assert 'Share suspicious' in text


def test_hostile_names_are_text(tmp_path):
    page = Page(write_report(hostile_report(), tmp_path))
    assert [tag for tag, _ in page.tags].count('img') == 0
    assert [tag for tag, _ in page.tags].count('script') == 1 + len(SCRIPTS)
    assert not [a for _, a in page.tags if any(name.startswith('on') for name in a)]
    assert '</script><script>window.hurt=1</script>' in page.text
    assert '{{ 7*7 }}{% raw %}' in page.text
    assert r'\u202egnp.exe' in page.text
    assert '6 images could not be read' in page.text
    assert not re.search('[\u202a-\u202e\u2028\u2029\ud800-\udfff]', page.text)


def test_pictures_of_a_method_come_along(tmp_path):
    (tmp_path / 'drawn.png').write_bytes(b'\x89PNG')
    report = toy_report(images=False, pictures=[tmp_path / 'drawn.png'])
    path = write_report(report, tmp_path / 'out')
    (image,) = (attrs for tag, attrs in Page(path).tags if tag == 'img')
    assert (path.parent / image['src']).read_bytes() == b'\x89PNG'
    assert image['alt']


def test_replaces_the_report_before_and_leaves_other_files(tmp_path):
    write_report(toy_report(title='first'), tmp_path)
    for name in ('labels.csv', 'report_files_mine'):
        (tmp_path / name).touch()
    write_report(toy_report(title='second'), tmp_path)
    assert 'second' in (tmp_path / 'index.html').read_text()
    assert len(list(tmp_path.iterdir())) == 4


def test_an_error_leaves_the_report_before(tmp_path):
    write_report(toy_report(title='first'), tmp_path)
    before = sorted(tmp_path.rglob('*'))
    with pytest.raises(FileNotFoundError):
        write_report(toy_report(pictures=[tmp_path / 'none.png']), tmp_path)
    assert sorted(tmp_path.rglob('*')) == before


def test_a_kill_leaves_the_report_before_whole(tmp_path):
    write_report(toy_report(title='first'), tmp_path)
    before = {p: p.read_bytes() for p in tmp_path.rglob('*') if p.is_file()}

    def load(index):
        if index == 27:
            os.kill(os.getpid(), signal.SIGKILL)
        return pictures(30)[index]

    killed = toy_report(title='second', load_image=load)
    (done,) = forked(lambda: write_report(killed, tmp_path, workers=1))
    assert done.returncode == -signal.SIGKILL
    assert len(list(tmp_path.iterdir())) == 3, 'a part of the second is there'
    assert {p: p.read_bytes() for p in before} == before
    write_report(toy_report(title='third'), tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize('size', [15, 256, 96.5])
def test_refuses_other_sizes_of_thumbnails(tmp_path, size):
    with pytest.raises(ValueError, match='thumbnail'):
        write_report(toy_report(), tmp_path, thumbnail=size)
