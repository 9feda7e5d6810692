"""Run the core tests on each set of versions and write their table.

``python versions/run.py [SET ...]`` makes an environment for each section of
``sets.ini`` with ``make install``, tests, and removes it again. What it found is in
``results.json``, and as a table on the page ``docs/versions.md``. A set whose Python is
not on this machine keeps the result that it had. Needs Python's own modules only.
"""

import argparse
import configparser
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / 'versions' / 'results.json'
PAGE = ROOT / 'docs' / 'versions.md'
PACKAGES = ('torch', 'torchvision', 'numpy', 'mmengine', 'mmcv-lite', 'mmpretrain')
OUTCOMES = ('passed', 'failed', 'skipped')
TABLE = re.compile(r'^\| set .*?(?=\n\n)', re.MULTILINE | re.DOTALL)
ASK = """
import importlib.metadata, json, platform, sys
found = {name: importlib.metadata.version(name) for name in sys.argv[1:]}
import torch  # what it says of itself names the build
found |= dict(python=platform.python_version(), torch=torch.__version__)
print(json.dumps(found))
"""


def main() -> None:
    """Run the sets."""
    sets = configparser.ConfigParser()
    sets.read(ROOT / 'versions' / 'sets.ini')
    tests = sets['core']['tests'].split()
    names = [name for name in sets.sections() if name != 'core']
    parser = argparse.ArgumentParser(description=(__doc__ or '').partition('\n')[0])
    parser.add_argument('sets', nargs='*', metavar='SET', help=f'of {names}; all')
    parser.add_argument('--folder', type=Path, default=ROOT / '.venvs')
    parser.add_argument('--keep', action='store_true', help='keep the environments')
    args = parser.parse_args()
    if unknown := {*args.sets} - {*names}:
        parser.error(f'there are {names}, not {sorted(unknown)}')
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for name in args.sets or names:
        python = find_python(sets[name]['python'])
        if python is None:
            print(f'{name}: there is no Python {sets[name]["python"]} here')
            continue
        venv = args.folder.resolve() / name
        install(python, venv, sets[name]['constraints'])
        results[name] = run(venv, tests)
        print(f'{name}: {results[name]}', flush=True)
        write({name: results[name] for name in names if name in results})
        if not args.keep:
            shutil.rmtree(venv)
    sys.exit(any(row['failed'] or not row['passed'] for row in results.values()))


def find_python(version: str) -> str | None:
    """An interpreter of this version, on the path or among those of pyenv."""
    pyenv = Path(os.environ.get('PYENV_ROOT', Path.home() / '.pyenv')) / 'versions'
    found = [shutil.which(f'python{version}'), *pyenv.glob(f'{version}.*/bin/python')]
    for path in filter(None, found):  # one on the path may be a shim of nothing
        if subprocess.run([path, '-c', ''], stderr=subprocess.DEVNULL).returncode == 0:
            return str(path)
    return None


def install(python: str, venv: Path, constraints: str) -> None:
    """Fill an environment as ``make install`` does."""
    settings = (f'PYTHON={python}', f'VENV={venv}', f'CONSTRAINTS={constraints}')
    subprocess.run(['make', '-C', ROOT, 'install', *settings], check=True)


def run(venv: Path, tests: list[str]) -> dict[str, str | int]:
    """The versions in the environment, and how the tests end there."""
    python, xml = venv / 'bin' / 'python', venv / 'tests.xml'
    told = subprocess.check_output([python, '-c', ASK, *PACKAGES], text=True)
    command = [python, '-m', 'pytest', '-q', '-p', 'no:cacheprovider', *tests]
    subprocess.run([*command, f'--junitxml={xml}'], cwd=ROOT, check=False)
    return json.loads(told) | outcomes(xml)


def outcomes(xml: Path) -> dict[str, int]:
    """How many tests passed, failed and were skipped."""
    (suite,) = ElementTree.parse(xml).getroot()
    failed = int(suite.attrib['failures']) + int(suite.attrib['errors'])
    skipped = int(suite.attrib['skipped'])
    passed = int(suite.attrib['tests']) - failed - skipped
    return dict(zip(OUTCOMES, (passed, failed, skipped)))


def write(results: Mapping[str, Mapping]) -> None:
    """Keep the results, and put their table on the page."""
    page = TABLE.sub(lambda _: table(results), PAGE.read_text(encoding='utf-8'), 1)
    told = json.dumps(results, indent=1) + '\n'
    for path, text in ((RESULTS, told), (PAGE, page)):
        new = path.with_name(f'.{path.name}.new')  # a kill leaves what was there
        new.write_text(text, encoding='utf-8')
        os.replace(new, path)


def table(results: Mapping[str, Mapping]) -> str:
    """The results in Markdown."""
    columns = ('python', *PACKAGES, *OUTCOMES)
    rows = [['set', *columns], ['---'] * (len(columns) + 1)]
    rows += [[name, *(str(row[c]) for c in columns)] for name, row in results.items()]
    return '\n'.join(f'| {" | ".join(row)} |' for row in rows)


if __name__ == '__main__':
    main()
