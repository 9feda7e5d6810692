"""Test several models as one: ``python tools/ensemble.py CONFIG CHECKPOINT ...``."""

import argparse
from copy import copy

from nl_plugins.formats.atomic_file import write_json
from nl_plugins.running.ensemble import run_ensemble_test
from nl_plugins.running.run_config import (
    add_run_arguments,
    build_runner,
    load_run_config,
)
from nl_plugins.running.told_errors import told_errors


def main() -> None:
    """Test, print the metrics of every member and of all together."""
    parser = argparse.ArgumentParser(
        description='Average the probabilities of several models on the test split'
    )
    add_run_arguments(parser)
    parser.add_argument('checkpoint', help='checkpoint of the first member')
    parser.add_argument(
        'others',
        nargs='+',
        metavar='CONFIG CHECKPOINT',
        help='the other members; their configs may have other pipelines',
    )
    parser.add_argument('--out', help='JSON file for the metrics')
    args = parser.parse_args()
    if len(args.others) % 2:
        parser.error('each member is a CONFIG and a CHECKPOINT')
    names = [args.config, args.checkpoint, *args.others]
    runners = []
    for index, (config, checkpoint) in enumerate(zip(names[::2], names[1::2])):
        member = copy(args)
        member.config = config
        with told_errors('ensemble'):
            cfg = load_run_config(member)
        cfg.load_from, cfg.resume = checkpoint, False
        cfg.experiment_name = f'ensemble_{index}'
        runners.append(build_runner(cfg, member))
    with told_errors('ensemble'):
        together, members = run_ensemble_test(runners)
    for config, checkpoint, metrics in zip(names[::2], names[1::2], members):
        print(f'{config} {checkpoint}: {metrics}')
    print(f'ensemble of {len(members)}: {together}')
    if args.out:
        write_json(args.out, dict(ensemble=together, members=members), indent=2)


if __name__ == '__main__':
    main()
