"""Time and memory of the WordNet graph, and whether it equals NLTK's.

Needs NLTK and its WordNet (``python -m nltk.downloader wordnet``). NLTK compares pair
by pair, so it is timed on ``--checked`` nouns only, whose graph must be equal; its time
grows with the square of the number of nouns.
"""

import argparse
import json
import random
import resource
import time
from pathlib import Path

import torch
from ratios import record

from nl_plugins.functional import wordnet_similarity


def check(nouns: list) -> dict:
    """Compare our graph with NLTK's, pair by pair (both are symmetric)."""
    start = time.perf_counter()
    ours = wordnet_similarity(nouns)
    middle = time.perf_counter()
    equal = True
    for i, noun in enumerate(nouns):
        pairs = [noun.path_similarity(other) or 0 for other in nouns[: i + 1]]
        equal &= torch.equal(ours[i, : i + 1], torch.tensor(pairs, dtype=ours.dtype))
    return dict(
        nouns=len(nouns),
        instances=sum(bool(noun.instance_hypernyms()) for noun in nouns),
        equal=equal and torch.equal(ours, ours.T),
        seconds=middle - start,
        nltk_seconds=2 * (time.perf_counter() - middle),
    )


def measure(nouns: list) -> dict:
    """Seconds, and the peak beyond the result itself."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    graph = wordnet_similarity(nouns)
    seconds = time.perf_counter() - start
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return dict(
        classes=len(nouns),
        seconds=seconds,
        result_mib=graph.nbytes / 2**20,
        peak_growth_mib=grown / 1024,
    )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--classes', type=int, nargs='+', default=[1000, 5000])
    parser.add_argument('--checked', type=int, default=300)
    parser.add_argument('--output', type=Path, help='also write the figures as JSON')
    args = parser.parse_args()
    try:
        from nltk.corpus import wordnet

        wordnet.ensure_loaded()
    except (ImportError, LookupError):
        print('skipped: NLTK or its WordNet is not installed')
        return
    nouns = sorted(wordnet.all_synsets('n'), key=lambda synset: synset.offset())
    draw = random.Random(0)
    figures = [measure(draw.sample(nouns, count)) for count in args.classes]
    for row in figures:
        print(
            '{classes} classes: {seconds:.2f} s, result {result_mib:.0f} MiB, peak '
            'growth {peak_growth_mib:.0f} MiB'.format(**row)
        )
    checked = check(draw.sample(nouns, args.checked))
    print(
        '{nouns} nouns ({instances} instances): equal to NLTK: {equal}; '
        '{seconds:.2f} s, NLTK {nltk_seconds:.0f} s'.format(**checked)
    )
    seconds = checked['seconds'], 'NLTK, pair by pair', checked['nltk_seconds']
    record(f'WordNet graph of {args.checked} nouns', *seconds)
    if args.output:
        args.output.write_text(json.dumps([*figures, checked], indent=2))
    if not checked['equal']:
        raise SystemExit('the graph differs from that of NLTK')


if __name__ == '__main__':
    main()
