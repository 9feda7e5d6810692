"""Every benchmark at a small size: one JSON and one table of ratios.

``make bench``, or ``python benchmarks/bench.py --out work_dirs/bench``. Each script
runs in a process of its own at the size given below, which two cores bear: ten minutes
in all. A ratio compares two times of one run, since the seconds of a shared machine
mean little; the memory is the most that the process held, Python and PyTorch included.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch

from nl_plugins.formats.markdown_table import markdown_table

HERE = Path(__file__).parent
SIZES = {
    'confusion.py': ['--pairs=200000', '--classes', '100', '--rounds=3'],
    'smp_functions.py': ['--rows=40000', '--rounds=3'],
    'out_of_sample_scores.py': ['--part=scale', '--rows=40000', '--dtypes=float32'],
    'sinet_scale.py': ['--samples=40000', '--classes=200'],
    'cleannet_round.py': ['--scale=0.04', '--epochs=2'],
    'wordnet_graph.py': ['--classes', '1000', '--checked=60'],
    'dataset_loading.py': ['--lines=100000'],
    'frozen_features.py': ['--samples=5000', '--images=128'],
    'in_memory.py': ['--samples=2560', '--rounds=2'],
    'training_overhead.py': ['--samples=6400', '--rounds=2', '--workers=0'],
    'two_stage_overhead.py': ['--samples=640', '--rounds=2'],
    'report_size.py': ['--images=2000'],
    'scaling.py': ['--rounds=1'],
}
LEFT_OUT = {
    'bench.py': 'this script',
    'ratios.py': 'part of other scripts',
    'detection_samples.py': 'part of other scripts',
    'density_quantile.py': 'measures quality, and needs a trained network',
    'detection_curves.py': 'measures quality',
    'agreement.py': 'measures quality, and needs feature files',
    'class_weights.py': 'measures quality, and needs feature files',
    'feature_table.py': 'measures quality, and needs feature files',
    'folder_story.py': 'measures quality, and needs feature files',
    'label_trust.py': 'measures quality',
    'noise_estimates.py': 'measures quality, and needs feature files',
    'standardised_features.py': 'measures quality, and needs feature files',
    'verified_marks.py': 'measures quality, and needs feature files',
}


def run(script: str, arguments: list[str]) -> dict:
    """The rows of a benchmark, its minutes and its memory."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder, 'rows.jsonl')
        rows.touch()
        process = subprocess.Popen(
            [sys.executable, '-W', 'ignore', str(HERE / script), *arguments],
            env={**os.environ, 'NL_BENCH': str(rows)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        found = [json.loads(line) for line in rows.read_text().splitlines()]
    for row in found:
        row['ratio'] = row['seconds'] / row['other']
    return dict(
        script=script,
        arguments=arguments,
        rows=found,
        failed=process.returncode != 0,
        printed=printed.splitlines(),
        seconds=time.perf_counter() - start,
        peak_mib=usage.ru_maxrss / 1024,
    )


def markdown(results: list[dict]) -> str:
    """The table of all ratios, and why others are not there."""
    columns = ['what', 'beside', 'ratio', 's', 'script', 'MiB']
    missing, cells = dict(LEFT_OUT), []
    for result in results:
        script, memory = result['script'], f'{result["peak_mib"]:.0f}'
        if not result['rows']:
            missing[script] = result['printed'][-1] if result['printed'] else 'failed'
        for row in result['rows']:
            ratio, seconds = f'{row["ratio"]:.3g}', f'{row["seconds"]:.3g}'
            what = row['what'], row['beside']
            cells.append([*what, ratio, seconds, script, memory])
    table = markdown_table(columns, cells, ['ratio', 's', 'MiB'])
    lines = [table, '', 'Left out:', '']
    lines += [f'- `{script}`: {reason}' for script, reason in sorted(missing.items())]
    return '\n'.join(lines) + '\n'


def main() -> None:
    """Run, print the table and write both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        'scripts', nargs='*', help=f'all by default: {", ".join(SIZES)}'
    )
    parser.add_argument('--out', type=Path, default=Path('work_dirs/bench'))
    args = parser.parse_args()
    unknown = set(args.scripts) - set(SIZES)
    if unknown:
        parser.error(f'no benchmark with ratios: {", ".join(sorted(unknown))}')
    results = []
    for script in args.scripts or SIZES:
        results.append(run(script, SIZES[script]))
        print(f'{script}: {results[-1]["seconds"]:.0f} s', flush=True)
    args.out.mkdir(parents=True, exist_ok=True)
    about = dict(
        python=platform.python_version(),
        torch=torch.__version__,
        threads=torch.get_num_threads(),
        machine=platform.machine(),
        seconds=sum(result['seconds'] for result in results),
    )
    figures = dict(about=about, benchmarks=results)
    (args.out / 'bench.json').write_text(json.dumps(figures, indent=2) + '\n')
    table = markdown(results)
    (args.out / 'bench.md').write_text(table)
    print(table)
    if failed := [result['script'] for result in results if result['failed']]:
        raise SystemExit(f'failed: {", ".join(failed)}')


if __name__ == '__main__':
    main()
