"""Hand labels to another tool: ``python tools/export.py LABELS TOOL --out DIR``.

TOOL is cleanlab, fiftyone or label_studio; what it answers comes back with
``import_issues``.
"""

import argparse
from pathlib import Path

from nl_plugins.formats.label_file import read_label_file
from nl_plugins.running.exchange.adapters import ADAPTERS
from nl_plugins.running.told_errors import told_errors


def main() -> None:
    """Read, write, say what to do next."""
    parser = argparse.ArgumentParser(description=(__doc__ or '').replace('`', ''))
    parser.add_argument('labels', type=Path, help='a list of samples, labels.csv')
    parser.add_argument('tool', choices=sorted(ADAPTERS))
    parser.add_argument('--out', type=Path, required=True, help='folder for the files')
    parser.add_argument(
        '--images',
        default='',
        help='what the paths of the list are relative to: for FiftyOne a folder, for '
        'Label Studio a folder in its local storage, or an address; for cleanlab of no '
        'use',
    )
    args = parser.parse_args()
    adapter = ADAPTERS[args.tool]
    with told_errors('export'):
        files = adapter.write(read_label_file(args.labels), args.out, args.images)
    print('files:', *files, sep='\n  ')
    print(f'then:\n  {adapter.then}')


if __name__ == '__main__':
    main()
