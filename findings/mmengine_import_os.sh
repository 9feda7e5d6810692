#!/usr/bin/env bash
# MMEngine 0.10.7 (Python 3.11 or newer): the line `import os` before `_base_ = ...` makes
# a config unreadable (ConfigParsingError: it is taken for one of the other, "lazy" style);
# the same two lines the other way round are read well. So is `import sys` in either
# place. As the base of another config, a file with `import os` and no `_base_` is refused.
# And the very same file is read well if the program is started in the folder of its
# virtual environment: MMEngine asks whether the file of the module lies below the
# folder of the interpreter, Python 3.11 says "frozen" in place of a file for `os`, and
# this word is taken for a path relative to the working directory.
# Valid input: Python configs of two or three lines with an import of the standard library.
# Seen: os_first ConfigParsingError, base_first {'a': 1, 'b': '/'}, sys_first read,
# child_of_os RuntimeError; in the folder of the environment all four are read.
set -eu
folder=$(realpath "$(mktemp -d)")
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q 'setuptools<81' mmengine==0.10.7 numpy==2.4.6
mkdir "$folder/configs"
cd "$folder/configs"
printf 'a = 1\n' > base.py
printf "import os\n_base_ = 'base.py'\nb = os.sep\n" > os_first.py
printf "_base_ = 'base.py'\nimport os\nb = os.sep\n" > base_first.py
printf "import sys\n_base_ = 'base.py'\nb = sys.byteorder\n" > sys_first.py
printf 'import os\na = os.sep\n' > with_os.py
printf "_base_ = 'with_os.py'\nb = 2\n" > child_of_os.py
cat > "$folder/read.py" <<'PYTHON'
import os
import sys

from mmengine.config import Config

folder, *errors = sys.argv[1:]
seen = []
for name in ('os_first', 'base_first', 'sys_first', 'child_of_os'):
    try:
        text = dict(Config.fromfile(os.path.join(folder, f'{name}.py')))
        seen.append('read')
    except Exception as error:
        text = f'{error}'[:72]
        seen.append(type(error).__name__)
    print(f'  {name}: {seen[-1]}: {text}')
assert seen == errors, f'no longer {errors}'
PYTHON
echo 'started in the folder of the configs:'
"$folder/env/bin/python" "$folder/read.py" "$PWD" ConfigParsingError read read RuntimeError
echo 'started in the folder of the virtual environment:'
cd "$folder/env"
"$folder/env/bin/python" "$folder/read.py" "$folder/configs" read read read read
echo 'as stated: the order of two lines and the working directory decide'
