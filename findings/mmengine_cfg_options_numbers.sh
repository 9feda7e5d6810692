#!/usr/bin/env bash
# MMEngine 0.10.7 (Python 3.11): a date or a name on the command line of `--cfg-options`
# (DictAction) becomes a number. `work_dir=2024_01_15` is the integer 20240115, for
# Python's int() takes underscores between digits; `classes=[cat,nan]` holds the word cat
# and a number that is not even equal to itself; an id such as 1e5 is 100000.0. Quotation
# marks that reach the parser do not help: they are taken off before the text is tried
# as a number, so that such a text cannot be given at all.
# Valid input: what is given as NAME=VALUE, as the usage text asks for.
# Seen: {'work_dir': 20240115, 'classes': ['cat', nan], 'run_id': 100000.0}; the same for
# work_dir="2024_01_15" and run_id="1e5" with their quotation marks.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q 'setuptools<81' mmengine==0.10.7 numpy==2.4.6
cat > "$folder/options.py" <<'PYTHON'
import argparse
import math

from mmengine.config import DictAction

parser = argparse.ArgumentParser()
parser.add_argument('--cfg-options', nargs='+', action=DictAction)


def parsed(*pairs):
    return parser.parse_args(['--cfg-options', *pairs]).cfg_options


plain = parsed('work_dir=2024_01_15', 'classes=[cat,nan]', 'run_id=1e5')
quoted = parsed('work_dir="2024_01_15"', 'run_id="1e5"')
print('plain: ', plain)
print('quoted:', quoted)
assert plain['work_dir'] == 20240115, 'a date with underscores is no number now'
assert plain['classes'][0] == 'cat' and math.isnan(plain['classes'][1])
assert plain['run_id'] == 100000.0
assert quoted == {'work_dir': 20240115, 'run_id': 100000.0}, 'quotes keep a text now'
print('as stated: texts become numbers, quoted or not')
PYTHON
"$folder/env/bin/python" "$folder/options.py"
