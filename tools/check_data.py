"""Look at the data before training: ``python tools/check_data.py CONFIG|IMAGES``."""

import argparse
import os
import sys
from pathlib import Path

from mmengine.config import Config, DictAction

from nl_plugins.data_check.check import check_data
from nl_plugins.data_check.check_result import DataCheck
from nl_plugins.data_check.clean_list import clean_list
from nl_plugins.data_check.findings_text import findings_lines
from nl_plugins.formats.atomic_file import write_json
from nl_plugins.formats.label_file import write_label_file
from nl_plugins.running.find_source import image_set, is_table
from nl_plugins.running.run_config import read_config
from nl_plugins.running.told_errors import told_errors
from nl_plugins.running.unused_options import refuse_unused
from nl_plugins.visualization.text import visible_text


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description='Say what is wrong with the data of a config. Exit status 1 if '
        'training or its evaluation would stop, 0 if there are warnings at most.'
    )
    parser.add_argument(
        'config',
        help="config file, or 'nl_plugins::smp/....py' for one of the package; or a "
        'folder of class folders, or a table of paths and labels',
    )
    parser.add_argument(
        '--root', help='what the paths of a table are relative to; default: its folder'
    )
    parser.add_argument(
        '--fast',
        action='store_true',
        help='decode only 1,000 images of each dataset and compare no contents',
    )
    parser.add_argument(
        '--workers', type=int, help='processes; by default one for each processor'
    )
    parser.add_argument('--out', type=Path, help='JSON file for everything found')
    parser.add_argument(
        '--write-clean',
        type=Path,
        metavar='FILE.csv',
        help='list the training samples that nothing is wrong with: a table for '
        '`find` and ImageLabels',
    )
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        default={},
        help='overrides, e.g. data_root=/my/data key="[a,b]"',
    )
    args = parser.parse_args()
    if args.fast and args.write_clean is not None:
        parser.error(
            '--write-clean lists what was looked at, so it goes without --fast'
        )
    listed = is_table(args.config)
    if not listed:
        refuse_unused(parser, args, ['root'], 'is for a table')
    if listed or os.path.isdir(args.config):
        refuse_unused(parser, args, ['cfg_options'], 'is for a config')
    return args


def load(args: argparse.Namespace) -> Config:
    """The config, or one for the images alone."""
    notes: list[str] = []
    dataset = image_set(args.config, notes, args.root)
    for note in notes:
        print(f'note: {visible_text(note)}')
    if dataset is None:
        return read_config(args.config, args.cfg_options)
    loader = dict(dataset=dataset)
    return Config(dict(train_dataloader=loader, default_scope='mmpretrain'))


def write_clean(checked: DataCheck, path: Path) -> None:
    """Write the list of what is left, and say how to load it."""
    file, left_out = clean_list(checked, path.parent)
    write_label_file(path, **vars(file))
    place = f'data_root={str(path.parent)!r}, ann_file={path.name!r}'
    loads = f"dict(type='ImageLabels', {place})"
    print(f'{len(file)} samples ({left_out} left out): {path}, {loads}')


def check(args: argparse.Namespace) -> DataCheck:
    """Check, print, write."""
    checked = check_data(load(args), args.workers, args.fast)
    print('\n'.join(findings_lines(checked)))
    if args.out is not None:
        write_json(args.out, checked.content())
        print(f'everything found: {args.out}')
    if args.write_clean is not None:
        write_clean(checked, args.write_clean)
    return checked


def main() -> None:
    """Run; what the user can correct is told in a line."""
    args = parse_args()
    sys.stdout.reconfigure(errors='backslashreplace')
    with told_errors('check_data'):
        checked = check(args)
    raise SystemExit(1 if checked.num_errors else 0)


if __name__ == '__main__':
    main()
