"""What ``make bench`` runs and writes, without running it."""

import runpy
from pathlib import Path

FOLDER = Path(__file__).parents[1] / 'benchmarks'
BENCH = runpy.run_path(str(FOLDER / 'bench.py'))


def test_every_benchmark_has_a_size_or_a_reason():
    sizes, left_out = set(BENCH['SIZES']), set(BENCH['LEFT_OUT'])
    assert not sizes & left_out
    assert sizes | left_out == {path.name for path in FOLDER.glob('*.py')}


def test_every_benchmark_with_a_size_records_ratios():
    for script in BENCH['SIZES']:
        assert 'from ratios import record' in (FOLDER / script).read_text(), script


def test_table_of_ratios():
    row = dict(what='ours', beside='theirs', seconds=3.0, other=2.0, ratio=1.5)
    shared = dict(arguments=[], seconds=9.0, peak_mib=700.4, failed=False)
    results = [
        dict(shared, script='a.py', rows=[row], printed=['noise']),
        dict(shared, script='b.py', rows=[], printed=['', 'skipped: no NLTK']),
        dict(shared, script='c.py', rows=[], printed=[]),
    ]
    lines = BENCH['markdown'](results).splitlines()
    assert '| ours | theirs | 1.5 | 3 | a.py | 700 |' in lines
    assert '- `b.py`: skipped: no NLTK' in lines
    assert '- `c.py`: failed' in lines
    assert '- `ratios.py`: part of other scripts' in lines
