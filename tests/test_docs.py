"""What the pages say to type: each block of code, each link, each command line."""

import ast
import inspect
import re
import shlex
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml
from digits_run import train_digits
from mmengine.config import Config
from mmpretrain import registry

import nl_plugins

ROOT = Path(__file__).parents[1]
TOOLS, DOCS = ROOT / 'tools', ROOT / 'docs'
PAGES = [ROOT / 'README.md', ROOT / 'CONTRIBUTING.md', ROOT / 'CHANGELOG.md']
PAGES += sorted(ROOT.glob('configs/*/README.md')) + sorted(DOCS.rglob('*.md'))
FENCE = re.compile(r'^( *)```(\w+)[^\n]*\n(.*?)^ *```$', re.MULTILINE | re.DOTALL)
COMMAND = r'`([^`\n]*nl[-_]plugins [^`\n]*)`'
LINK = re.compile(r'\]\(([^)\s]+)\)')
# Types that are in no registry of MMPretrain's.
ELSEWHERE = {'wordnet', 'text', 'tree', 'sum', 'symmetric', 'Pretrained'}
SPLIT = {'&&', '|', ';', 'do', 'done', 'for'}


def blocks(*languages: str) -> list:
    """The blocks of all pages, to be named by page and line."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding='utf-8')
        for match in FENCE.finditer(text):
            if match[2] in languages:
                lines = [line.removeprefix(match[1]) for line in match[3].splitlines()]
                line = text.count('\n', 0, match.start()) + 1
                where = f'{page.relative_to(ROOT)}:{line}'
                found.append(pytest.param('\n'.join(lines), id=where))
    return found


# Python -------------------------------------------------------------------------


def values(code: str) -> list:
    """What the statements of a config say: their values, as plain data."""
    found: list = []
    known: dict = {'dict': lambda *left_out, **items: items, '__builtins__': {}}
    for node in ast.parse(code).body:
        if isinstance(node, (ast.Assign, ast.Expr)):
            text = ast.unparse(node.value)
            value = eval(text, known)
            found.append(value)
            if isinstance(node, ast.Assign):
                known[ast.unparse(node.targets[0])] = value
    return found


def typed(value) -> list[dict]:
    """All dicts in it with a type."""
    if isinstance(value, dict):
        own = [value] if isinstance(value.get('type'), str) else []
        return own + [d for part in value.values() for d in typed(part)]
    parts = value if isinstance(value, (list, tuple)) else ()
    return [d for part in parts for d in typed(part)]


def accepted(kind: type) -> set[str] | None:
    """The arguments of a class; None if it takes any."""
    names: set[str] = set()
    for base in kind.__mro__:
        if '__init__' not in vars(base):
            continue
        parameters = inspect.signature(base.__init__).parameters.values()
        names |= {p.name for p in parameters if p.kind in (0, 1, 3)}
        if all(p.kind != p.VAR_KEYWORD for p in parameters):
            return names
    return None


def registered(name: str) -> type | None:
    """The class of that name in MMPretrain's registries or MMEngine's above them."""
    kinds = (getattr(registry, key) for key in registry.__all__)
    return next(filter(None, (kind.get(f'mmpretrain.{name}') for kind in kinds)), None)


@pytest.mark.parametrize('code', blocks('python'))
def test_python_block(code):
    compile(code, 'block', 'exec')
    if 'import ' in re.sub(r'custom_imports', '', code):
        return  # no config
    for config in (config for value in values(code) for config in typed(value)):
        name = config['type']
        if name in ELSEWHERE:
            continue
        kind = registered(name)
        assert kind is not None, name
        names = accepted(kind)
        wrong = set(config) - {'type', '_scope_', *(names or config)}
        assert not wrong, f'{name} has no {wrong}'


@pytest.mark.parametrize('code', blocks('python'))
def test_hooks_of_a_block_build(code):
    for line in re.findall(r'^custom_hooks = .*$', code, re.MULTILINE):
        for hook in values(line)[0]:
            registry.HOOKS.build(hook)


@pytest.mark.parametrize('code', blocks('python'))
def test_bases_of_a_block_exist(code):
    for name in re.findall(r"'nl_plugins::([\w/.]+)'", code):
        assert (ROOT / 'configs' / name).is_file()


def test_own_images_config_builds(tmp_path, monkeypatch):
    """The block with the bases is whole."""
    for name in ('cat', 'dog', 'horse'):
        (tmp_path / 'images' / name).mkdir(parents=True)
    monkeypatch.setenv('NL_IMAGES', str(tmp_path / 'images'))
    (code,) = [p.values[0] for p in blocks('python') if 'own_images.py' in p.values[0]]
    path = tmp_path / 'own.py'
    path.write_text(code)
    cfg = Config.fromfile(path)
    model = registry.MODELS.build(cfg.model)
    assert model.head.num_classes == len(cfg.classes) == 3
    assert cfg.train_dataloader.dataset.dataset.type == 'ImageLabels'


# Commands -----------------------------------------------------------------------


@cache
def flags(path: Path) -> set[str]:
    """The options that a script defines, read and not run."""
    text = path.read_text()
    found = set(re.findall(r"add_argument\(\s*'(-[\w-]+)'", text))
    found |= set(re.findall(r"add_argument\(\s*'[\w-]+', '(-[\w-]+)'", text))
    if 'add_run_arguments(parser)' in text:
        found |= flags(ROOT / 'nl_plugins' / 'running' / 'run_config.py')
    return found | {'--help'}


def script(words: list[str]) -> tuple[Path, list[str]] | None:
    """The script of ours that a command runs, and the words after it."""
    for place, word in enumerate(words):
        if word.startswith(('tools/', 'benchmarks/')):
            return ROOT / word, words[place + 1 :]
        if word == 'nl-plugins' or words[place : place + 2] == ['-m', 'nl_plugins']:
            rest = words[place + (1 if word == 'nl-plugins' else 2) :]
            named = rest and rest[0].isidentifier() and rest[0].islower()
            return (TOOLS / f'{rest[0]}.py', rest[1:]) if named else None
    return None


def commands(code: str) -> list[list[str]]:
    """The commands of a block, as lists of words."""
    found: list[list[str]] = []
    for line in code.replace('\\\n', ' ').splitlines():
        found.append([])
        for word in shlex.split(line, comments=True):
            if word.rstrip(';') in SPLIT or word.endswith(';'):
                found.append([])
            else:
                found[-1].append(word)
    return [words for words in found if words]


def wrapped(path: Path) -> Path:
    """The tool behind a shell script."""
    return TOOLS / ('train.py' if 'train' in path.stem else 'test.py')


def check(words: list[str]) -> None:
    """The script is there and has the options; the files that are ours are there."""
    if words[0] == 'make':
        assert re.search(rf'^{words[1]}:', (ROOT / 'Makefile').read_text(), re.M)
    if (ran := script(words)) is None:
        return
    path, rest = ran
    assert path.is_file(), path
    known = flags(wrapped(path) if path.suffix == '.sh' else path)
    given = {word.partition('=')[0] for word in rest if word.startswith('--')}
    assert given <= known, f'{path.name}: {given - known}'
    for word in rest:
        name = word.rpartition('=')[2].replace('nl_plugins::', 'configs/')
        if name.startswith('configs/') and not set(name) & set('*$'):
            assert (ROOT / name).is_file(), name


@pytest.mark.parametrize('code', blocks('bash'))
def test_commands(code):
    for words in commands(code):
        check(words)


def test_commands_in_the_text():
    """Those of the table of commands, above all."""
    for page in PAGES:
        for code in re.findall(COMMAND, page.read_text()):
            check(code.replace('[', '').replace(']', '').split())


# Links and pages ------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """What a heading is called in an address."""
    heads = re.findall(r'^#+ (.*)$', page.read_text(), re.MULTILINE)
    heads = [re.sub(r'[^\w\s-]', '', head).strip().lower() for head in heads]
    return {re.sub(r'[-\s]+', '-', head) for head in heads}


@pytest.mark.parametrize('page', PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links(page):
    for link in LINK.findall(page.read_text(encoding='utf-8')):
        if not link.startswith(('http', 'mailto')):
            target, _, anchor = link.partition('#')
            path = (page.parent / target).resolve() if target else page
            assert path.exists(), link  # a file of the repository, as on its site
            named = path.name in ('README.md', 'CONTRIBUTING.md', 'CHANGELOG.md')
            described = path.parent == ROOT / 'nl_plugins'  # a page of the reference
            on_site = named or described or path.is_relative_to(DOCS)
            assert on_site, f'{link} is not on the site'
            assert not anchor or anchor in anchors(path), link


def test_every_page_is_in_the_navigation():
    site = yaml.safe_load((ROOT / 'mkdocs.yml').read_text())

    def leaves(part) -> list[str]:
        if isinstance(part, str):
            return [part]
        parts = part.values() if isinstance(part, dict) else part
        return [leaf for p in parts for leaf in leaves(p)]

    listed = leaves(site['nav'])
    written = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob('*.md')}
    methods = {f'methods/{p.parent.name}.md' for p in ROOT.glob('configs/*/README.md')}
    assert len(listed) == len(set(listed))
    assert written | methods <= set(listed)


# The example and the index ----------------------------------------------------------


def test_the_method_of_sixty_lines(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(DOCS / 'examples')
    assert len((DOCS / 'examples/agreement_hook.py').read_text().splitlines()) <= 60
    cfg = Config.fromfile(DOCS / 'examples/agreement_digits.py')
    (hook,) = cfg.custom_hooks
    runner, _ = train_digits(tmp_path, [dict(hook, start_epoch=4)], epochs=4)
    (hook,) = [h for h in runner.hooks if type(h).__name__ == 'AgreementHook']
    given = hook.table.given_labels.long()
    right, kept = hook.training_set.true_labels == given, hook.table.selected
    assert 0.4 < kept.float().mean() < 0.6
    assert right[kept].float().mean() > 0.95
    assert (tmp_path / 'cleaned_labels.csv').is_file()
    sys.modules.pop('agreement_hook')


def test_the_index_lists_every_metafile():
    listed = yaml.safe_load((ROOT / 'model-index.yml').read_text())['Import']
    written = sorted(ROOT.glob('configs/*/metafile.yml'))
    assert listed == [path.relative_to(ROOT).as_posix() for path in written]
    package = Path(nl_plugins.__file__).parent / '.mim'
    assert (package / 'model-index.yml').read_text().endswith(f'{listed[-1]}\n')
    methods = {path.parent.name for path in ROOT.glob('configs/*/README.md')}
    assert methods - {Path(name).parent.name for name in listed} == {'papers'}
