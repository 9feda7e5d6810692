"""Use what cleanlab found: ``python tools/import_issues.py LABELS ISSUES --out F``.

``find`` writes what cleanlab takes; its answer becomes a cleaned-label file::

    labels, probs = np.load('DIR/labels.npy'), np.load('DIR/pred_probs.npy')
    np.save('issues.npy', cleanlab.filter.find_label_issues(labels, probs))

    nl-plugins import_issues DIR/labels.csv issues.npy --out DIR/cleanlab.csv

Train with ``dict(type='NoisyLabels', dataset=..., label_file='DIR/cleanlab.csv',
use='kept')``. ISSUES may also be the CSV of ``CleanLearning.get_label_issues()``.
"""

import argparse
from pathlib import Path

from nl_plugins.formats.label_file import (
    read_label_file,
    read_label_names,
    write_label_file,
)
from nl_plugins.formats.label_issues import read_label_issues


def main() -> None:
    """Read both, write."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or '').replace('`', ''),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('labels', help='the cleaned-label file that `find` wrote')
    parser.add_argument('issues', help='.npy or .csv')
    parser.add_argument('--out', type=Path, required=True, help='the file to be')
    args = parser.parse_args()
    try:
        file = read_label_issues(args.issues, read_label_file(args.labels))
    except (ValueError, FileNotFoundError) as error:
        raise SystemExit(f'nl-plugins import_issues: {error}') from error
    known = read_label_names(args.labels)
    names = [
        known.get(label, str(label)) for label in range(max(known, default=-1) + 1)
    ]
    write_label_file(args.out, names, **vars(file))
    print(f'{int((~file.selected).sum())} of {len(file)} to be dropped: {args.out}')


if __name__ == '__main__':
    main()
