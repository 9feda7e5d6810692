"""What a million annotation lines cost: seconds, resident memory, memory of workers.

Writes Clothing1M's key lists with made-up keys and loads them, and for comparison the
same samples with MMPretrain's CustomDataset. Each runs in a process of its own; its
workers are forked from it and read every annotation. Then both get synthetic noise.
Linux only. Run: ``python benchmarks/dataset_loading.py``
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from mmpretrain.datasets import CustomDataset
from ratios import record

from nl_plugins.datasets.releases.clothing1m import Clothing1M
from nl_plugins.datasets.training_set import TrainingSet
from nl_plugins.datasets.wrappers.noisy_labels import NoisyLabels

FORK = get_context('fork')
BOTH_LABELS, CLEAN = 37_497, 72_409  # images of the release
NOISE = dict(type='symmetric', rate=0.2)


def write_key_lists(root: Path, lines: int) -> None:
    """Text files as large as those of the release, for so many noisy images."""
    rng = np.random.default_rng(0)
    first, second = rng.integers(10**6, 4 * 10**9, (2, lines + CLEAN)).tolist()
    keys = [
        f'images/{a % 10}/{a // 10 % 100:02d}/{a},{b}.jpg'
        for a, b in zip(first, second, strict=True)
    ]
    labels = rng.integers(0, 14, len(keys)).tolist()
    noisy, clean = keys[: lines + BOTH_LABELS], keys[lines:]
    lists = {
        'noisy_train_key_list': noisy[:lines],
        'clean_train_key_list': clean[: 2 * CLEAN // 3],
        'noisy_label_kv': [f'{k} {y}' for k, y in zip(noisy, labels)],
        'clean_label_kv': [f'{k} {i % 14}' for i, k in enumerate(clean)],
    }
    for name, content in lists.items():
        (root / f'{name}.txt').write_text('\n'.join(content) + '\n')


def memory(field: str, file: str = 'status') -> float:
    """Megabytes of this process, as the kernel counts them."""
    lines = Path(f'/proc/self/{file}').read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def clothing1m(root: str) -> Clothing1M:
    """This package."""
    return Clothing1M(root, split='noisy_and_verified_train')


def custom_dataset(root: str) -> CustomDataset:
    """MMPretrain."""
    classes = Clothing1M.METAINFO['classes']
    return CustomDataset(root, ann_file='noisy_label_kv.txt', classes=classes)


def read_all(dataset, queue) -> None:
    """What a worker does, and the memory that it has for itself afterwards."""
    before = memory('Private', 'smaps_rollup')
    for index in range(len(dataset)):
        dataset.get_data_info(index)
    private = memory('Private', 'smaps_rollup')
    queue.put((before, private, memory('Pss:', 'smaps_rollup')))


def measure(load: Callable, root: str, workers: int, queue) -> None:
    """Load, fork and read."""
    before = memory('VmRSS')
    start, start_cpu = time.perf_counter(), time.process_time()
    dataset = load(root)
    result = dict(
        samples=len(dataset),
        seconds=time.perf_counter() - start,
        cpu=time.process_time() - start_cpu,
        before=before,
        after=memory('VmRSS'),
        peak=memory('VmHWM'),
    )
    answers = FORK.Queue()
    processes = [
        FORK.Process(target=read_all, args=(dataset, answers)) for _ in range(workers)
    ]
    for process in processes:
        process.start()
    result['workers'] = [answers.get() for _ in processes]
    for process in processes:
        process.join()
    for name in ('of the dataset', 'with noise'):
        start = time.perf_counter()
        TrainingSet(NoisyLabels(dataset, NOISE) if name == 'with noise' else dataset)
        result[name] = time.perf_counter() - start
    queue.put(result)


def main() -> None:
    """Read the arguments and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--lines', type=int, default=1_000_000)
    parser.add_argument('--workers', type=int, default=2)
    args = parser.parse_args()
    seconds = []
    with tempfile.TemporaryDirectory() as root:
        write_key_lists(Path(root), args.lines)
        for load in (clothing1m, custom_dataset):
            queue = FORK.Queue()
            process = FORK.Process(
                target=measure, args=(load, root, args.workers, queue)
            )
            process.start()
            result = queue.get()
            process.join()
            seconds.append(result['cpu'])
            print(f'{load.__name__}: {result["samples"]} samples')
            print(
                '  loading       {seconds:.1f} s, {cpu:.1f} of the CPU'.format(**result)
            )
            print(
                '  resident      {before:.0f} MB before, {after:.0f} after, '
                '{peak:.0f} at most'.format(**result)
            )
            for before, private, shared in result['workers']:
                print(
                    f'  worker        {private:.1f} MB of its own after reading all '
                    f'({before:.1f} before), {shared:.0f} with its share'
                )
            print(
                '  TrainingSet   {of the dataset:.1f} s, {with noise:.1f} with '
                'NoisyLabels around'.format(**result)
            )
    what = f'loading {args.lines} annotation lines, Clothing1M'
    record(what, seconds[0], 'CustomDataset of MMPretrain', seconds[1])


if __name__ == '__main__':
    main()
