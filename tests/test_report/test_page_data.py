import base64
import json
import os

import numpy as np
import pytest
from report_toy import HOSTILE, hostile_report, toy_report

from nl_plugins.report.page_data import originals, packed, page_data, script
from nl_plugins.report.thumbnail_sheets import Sheets


def unpacked(column):
    dtype = np.dtype(column['type'].lower()).newbyteorder('<')
    return np.frombuffer(base64.b64decode(column['data']), dtype)


def sheets(count):
    places = np.arange(count, dtype=np.int32)
    return Sheets(places, np.full((count, 2), 9, np.uint8), [13], {})


@pytest.mark.parametrize(
    ('values', 'kind'),
    [
        ([], 'Uint8'),
        ([0, 255], 'Uint8'),
        ([-1, 127], 'Int8'),
        ([-1, 128], 'Int16'),
        ([256], 'Uint16'),
        ([-1, 40_000], 'Int32'),
        ([2**31], 'Uint32'),
    ],
)
def test_numbers_take_the_smallest_type(values, kind):
    column = packed(np.array(values, dtype=np.int64))
    assert column['type'] == kind
    assert unpacked(column).tolist() == values


def test_columns_read_back(tmp_path):
    report = toy_report(true_labels=[1] * 30)
    data = page_data(report, sheets(30), tmp_path)
    assert unpacked(data['given']).tolist() == report.given_labels.tolist()
    assert unpacked(data['suggested']).tolist() == report.suggested_labels.tolist()
    assert unpacked(data['scores']) == pytest.approx(report.scores, abs=1e-7)
    assert unpacked(data['suspicious']).tolist() == report.suspicious.tolist()
    assert unpacked(data['trueLabels']).tolist() == [1] * 30
    words = [data['words'][number] for number in unpacked(data['recommended'])]
    assert words == report.recommended.tolist()
    assert data['weights'] is None, 'all are 1'
    assert data['verification'] is None
    assert data['originals'] is None


def test_hostile_names_neither_leave_the_script_nor_are_shown(tmp_path):
    report = hostile_report()
    data = page_data(report, sheets(24), tmp_path)
    text = script('reportData', data)
    assert text.isascii()
    assert '<' not in text
    assert text.count('\n') == 2
    stored = json.loads(text.split('=', 1)[1].rstrip(';\n'))
    assert stored['classes'] == HOSTILE
    assert stored['paths'] == report.paths
    shown = [stored['shownPaths'].get(str(i), p) for i, p in enumerate(report.paths)]
    assert all(name.isprintable() for name in [*shown, *stored['shownClasses']])
    assert stored['shownClasses'][3] == r'cat\n\r\tnew line'
    assert stored['shownClasses'][4] == r'\u202egnp.exe'
    assert stored['shownClasses'][9] == 'class 9'
    assert shown[4] == r'caf\udce9/\udcff.jpg'


def test_the_address_of_the_originals(tmp_path):
    out = tmp_path / 'out'
    assert originals(None, out) is None
    assert originals('s3://bucket/', out) is None
    assert originals(f'{tmp_path}/data/', out) == '../data/'
    odd = os.fsdecode(b'/caf\xe9 #?%/tr')
    assert originals(f'{tmp_path}{odd}', out) == '../caf%E9%20%23%3F%25/tr'
