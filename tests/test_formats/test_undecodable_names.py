"""Every name comes back, and what is written is UTF-8."""

import itertools
import os

from nl_plugins.formats.undecodable_names import escaped, unescaped

PARTS = ['\udcff', r'\udcff', r'\u005c', '\\', 'u005c', 'udcff', 'ü', '', r'\u00fc']


def test_there_and_back():
    for name in map(''.join, itertools.product(PARTS, repeat=3)):
        text = escaped(name)
        text.encode('utf-8')
        assert unescaped(text) == name


def test_plain_names_stay_as_they_are():
    for name in ('a.jpg', 'grün.jpg', r'C:\users\new.jpg', r'a\tb'):
        assert escaped(name) == unescaped(name) == name


def test_every_byte():
    name = os.fsdecode(bytes(range(1, 256)))
    assert unescaped(escaped(name)) == name
    assert '\\udcff' in escaped(name)
