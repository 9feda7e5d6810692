#!/usr/bin/env bash
# datasets 5.2.0 (Python 3.11): a label that is no class becomes another class if it is
# written in digits. With ClassLabel(names=['1', '2', '3']), grades say, the texts '1', '2',
# '3' are these classes, and a '0' is no error but a '1': a text that is no name is tried
# as a position, and 0 is that of '1'. The text 'none' is refused. The same grades as
# integers, as pandas reads them from a CSV file, are positions from the start: a 1 is
# of class '2'.
# Valid input: a column of grades as texts, or as integers, cast to a ClassLabel.
# Seen: texts 0, 1, 2, 3 become classes 1, 1, 2, 3; integers 0, 1, 2 become 1, 2, 3.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q datasets==5.2.0 pyarrow==26.0.1 pandas==3.1.1 numpy==2.4.6
cat > "$folder/grades.py" <<'PYTHON'
from datasets import ClassLabel, Dataset, disable_progress_bars

disable_progress_bars()
grades = ClassLabel(names=['1', '2', '3'])


def named(*labels):
    rows = Dataset.from_dict({'grade': list(labels)}).cast_column('grade', grades)
    seen = [grades.int2str(i) for i in rows['grade']]
    print(f'{list(labels)} are of classes {seen}')
    return seen


assert named('0', '1', '2', '3') == ['1', '1', '2', '3'], '\'0\' is no class now'
assert named(0, 1, 2) == ['1', '2', '3']
try:
    named('none', '1')
except ValueError as error:
    print('\'none\':', error)
else:
    raise SystemExit('a text that is no class is taken now')
print('as stated: digits that are no name of a class are the number of one')
PYTHON
HF_HUB_OFFLINE=1 HF_HOME="$folder/home" "$folder/env/bin/python" "$folder/grades.py"
