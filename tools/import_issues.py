"""Use what another tool found: ``python tools/import_issues.py LABELS ISSUES --out F``.

LABELS is the list that ``find`` or a run wrote. ISSUES is, of cleanlab, a .npy file (a
mask of what to leave out, or the indices that find_label_issues returns) or the CSV of
``CleanLearning.get_label_issues()``; of FiftyOne the labels.json of an export with
``abs_paths=True``; of Label Studio the export as JSON. F is a list like LABELS: train
with ``dict(type='NoisyLabels', dataset=..., label_file='F', use='recommended')``.
"""

import argparse
from pathlib import Path

from nl_plugins.formats.label_file import read_label_file, write_label_file
from nl_plugins.running.exchange.adapters import ADAPTERS
from nl_plugins.running.told_errors import told_errors


def main() -> None:
    """Read both, write."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or '').replace('`', ''),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('labels', help='a list of samples, labels.csv')
    parser.add_argument('issues', type=Path, help='what the other tool wrote')
    parser.add_argument(
        '--tool', choices=sorted(ADAPTERS), default='cleanlab', help='default: cleanlab'
    )
    parser.add_argument('--out', type=Path, required=True, help='the file to be')
    args = parser.parse_args()
    with told_errors('import_issues'):
        file = ADAPTERS[args.tool].read(args.issues, read_label_file(args.labels))
        write_label_file(args.out, **vars(file))
    words = [str(word) for word in file.recommended]
    told = f'{words.count("drop")} to be dropped, {words.count("replace")} replaced'
    print(f'of {len(file)} {told}: {args.out}')


if __name__ == '__main__':
    main()
