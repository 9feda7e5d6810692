#!/usr/bin/env bash
# accelerate 1.15.0, torch 2.13.0, NumPy 2.4.6 (Python 3.11): gather_for_metrics throws
# samples away, also in a single process, where its documentation speaks of dropping
# duplicates "if on a distributed system". Of the last batch it keeps
# len(dataset) % total batch size samples, or all if that is 0, whatever the sampler does: of
# a DataLoader whose sampler (SubsetRandomSampler, a list of indices, WeightedRandomSampler with num_samples)
# gives another number of samples than the data set has, the last batch is cut in the wrong
# place, and with several processes the samples that were repeated to fill it are counted
# twice as well. A BatchSampler with drop_last=True has its last, full batch cut. A trusted
# subset may be all in one batch, and so lose most of itself. Subset in place of the sampler
# is right.
# Valid input: 50,000 labels of ten classes, as CIFAR-10 has; 200 of them, 20 of each class,
# chosen by a sampler, in batches of 256, and a model that is right for classes 0 to 3.
# Seen: by the sampler 80 of the 200 and accuracy 1.0 (50,000 % 256 is 80), by Subset 200 and
# 0.4; drop_last 49,936 of 49,984; two processes, 900 samples in batches of 64: 976, of
# which 76 are counted twice, by Subset 900.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env" 2>/dev/null || {
    python3 -m venv --without-pip "$folder/env"
    python3 -m pip --python "$folder/env/bin/python" install -q pip
}
"$folder/env/bin/python" -m pip install -q torch==2.13.0 numpy==2.4.6 accelerate==1.15.0
cat > "$folder/gather.py" <<'PYTHON'
import sys
from pathlib import Path

import torch
from accelerate import Accelerator, debug_launcher
from torch.utils.data import BatchSampler, DataLoader, RandomSampler, Subset, SubsetRandomSampler, TensorDataset

numbers = torch.arange(50000)
data = TensorDataset(numbers, numbers % 10)


def gather(loader):
    accelerator = Accelerator(cpu=True)
    batches = [accelerator.gather_for_metrics(batch) for batch in accelerator.prepare(loader)]
    return torch.cat([batch[0] for batch in batches]), torch.cat([batch[1] for batch in batches])


def two_processes(file):
    chosen = list(range(900))
    by_sampler, _ = gather(DataLoader(data, batch_size=64, sampler=SubsetRandomSampler(chosen)))
    by_subset, _ = gather(DataLoader(Subset(data, chosen), batch_size=64))
    if Accelerator(cpu=True).is_main_process:
        Path(file).write_text(f'{len(by_sampler)} {len(by_sampler.unique())} {len(by_subset)}')


if __name__ == '__main__':
    file = Path(sys.argv[1]) / 'two'
    debug_launcher(two_processes, args=(str(file),), num_processes=2)
    total, distinct, by_subset = map(int, file.read_text().split())
    print(f'two processes, 900 samples: by sampler {total}, {distinct} of them distinct, by Subset {by_subset}')

    trusted = torch.cat([numbers[numbers % 10 == label][:20] for label in range(10)]).tolist()
    seen = {}
    for name, loader in (
        ('list', DataLoader(data, batch_size=256, sampler=trusted)),
        ('random', DataLoader(data, batch_size=256, sampler=SubsetRandomSampler(trusted))),
        ('Subset', DataLoader(Subset(data, trusted), batch_size=256)),
    ):
        loaded = torch.cat([labels for _, labels in loader])
        _, labels = gather(loader)
        seen[name] = (len(labels), round((labels < 4).float().mean().item(), 3))
        print(f'one process, 200 trusted samples by {name:7} loaded {len(loaded)}, gathered {seen[name][0]}, '
              f'accuracy {seen[name][1]}')
    full = DataLoader(data, batch_sampler=BatchSampler(RandomSampler(data), 64, drop_last=True))
    loaded, gathered = sum(len(labels) for _, labels in full), len(gather(full)[0])
    print(f'one process, drop_last=True: loaded {loaded}, gathered {gathered}')

    assert seen['Subset'] == (200, 0.4) and by_subset == 900 and loaded == 49984
    assert seen['list'] == (80, 1.0) and seen['random'][0] == 80, 'the sampler is asked for its length now'
    assert gathered == 49936, 'a full last batch is kept now'
    assert (total, distinct) == (976, 900), 'the repeated samples are dropped now'
    print('as stated: the last batch is cut by the length of the data set')
PYTHON
"$folder/env/bin/python" -W ignore "$folder/gather.py" "$folder"
