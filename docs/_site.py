"""What MkDocs is told beyond ``mkdocs.yml``: pages that lie elsewhere, one text each.

README.md, CONTRIBUTING.md, CHANGELOG.md and ``configs/*/README.md`` become pages, with
their links turned; the reference is listed from the files of the package, which is read
but not imported.
"""

import ast
import os
import re
from pathlib import Path

from mkdocs.structure.files import File

ROOT = Path(__file__).parents[1]
REFERENCE = {
    'methods': 'Hooks and methods',
    'supervision': 'The mechanism',
    'hooks': 'Small hooks',
    'datasets': 'Data sets',
    'losses': 'Losses',
    'backbones': 'Backbones',
    'formats': 'Files',
    'detection': 'Detection',
    'report': 'Report',
}
IN_FULL = ('formats', 'report')  # of the others, what a config can name
BASES = ('SupervisionHook', 'TableHook', 'SampleHook', 'SampleTable', 'Term')
BASES += ('TermBatch', 'Walk', 'WalkBatch', 'FeatureTap', 'FeatureBank')
BASES += ('ClassCostLoss', 'LabelEstimate')
LINK = re.compile(r'(\]\()([^)\s#:]+)(#[^)\s]*)?(\))')
ROLE = re.compile(r':(?:func|class|meth|attr|mod|data):<code>~?([\w.]+)</code>')


def pages() -> dict[str, Path]:
    """From the address of a page to the file that it is made of."""
    names = dict(index='README', contributing='CONTRIBUTING', changelog='CHANGELOG')
    found = {f'{page}.md': ROOT / f'{name}.md' for page, name in names.items()}
    for path in ROOT.glob('configs/*/README.md'):
        found[f'methods/{path.parent.name}.md'] = path
    return found


def is_named(node: ast.stmt) -> bool:
    """Whether a config, or a person who extends the package, names it."""
    if not isinstance(node, ast.ClassDef):
        return False
    decorators = ' '.join(ast.unparse(decorator) for decorator in node.decorator_list)
    return 'register_module' in decorators or node.name in BASES


def reference(room: str) -> list[str]:
    """The full names of what the page of a room describes."""
    found = []
    for path in sorted((ROOT / 'nl_plugins' / room).rglob('*.py')):
        module = '.'.join(path.relative_to(ROOT).with_suffix('').parts)
        for node in ast.parse(path.read_text(encoding='utf-8')).body:
            public = isinstance(node, (ast.ClassDef, ast.FunctionDef))
            public = public and not node.name.startswith('_')
            if is_named(node) or (public and room in IN_FULL):
                found.append(f'{module}.{node.name}')
    return sorted(found, key=lambda name: name.split('.')[-1].lower())


def reference_page(room: str, title: str) -> str:
    """The Markdown of a page of the reference."""
    lines = ['---', 'search: { boost: 0.5 }', '---', f'# {title}', '']
    for name in reference(room):
        lines += [f'::: {name}', '']
    return '\n'.join(lines)


NAMES = {n.split('.')[-1]: n for room in REFERENCE for n in reference(room)}


def on_files(files, config):
    """Add the pages that are not in the folder."""
    for address, path in pages().items():
        files.append(File.generated(config, address, abs_src_path=str(path)))
    for room, title in REFERENCE.items():
        address, text = f'reference/{room}.md', reference_page(room, title)
        files.append(File.generated(config, address, content=text))
    return files


def on_page_markdown(markdown, page, config, files):
    """Turn the links, which are to files of the repository, into those of the site."""
    source = pages().get(page.file.src_uri, ROOT / 'docs' / page.file.src_uri)
    places = {path: address for address, path in pages().items()}
    places |= {ROOT / 'nl_plugins' / room: f'reference/{room}.md' for room in REFERENCE}

    def turned(match: re.Match) -> str:
        address = match[2]
        target = Path(os.path.normpath(source.parent / address))
        if target in places or target.is_relative_to(ROOT / 'docs'):
            there = places.get(target) or target.relative_to(ROOT / 'docs').as_posix()
            address = os.path.relpath(there, os.path.dirname(page.file.src_uri))
        return f'{match[1]}{address}{match[3] or ""}{match[4]}'

    return LINK.sub(turned, markdown)


def on_page_content(html, page, config, files):
    """Link what docstrings refer to by a role."""

    def linked(match: re.Match) -> str:
        name = match[1] if '.' in match[1] else NAMES.get(match[1])
        code = f'<code>{match[1].split(".")[-1]}</code>'
        if name is None:
            return code
        return f'<autoref identifier="{name}" optional>{code}</autoref>'

    if not page.file.src_uri.startswith('reference/'):
        return html
    return ROLE.sub(linked, html).replace(':math:<code>', '<code>')
