"""WordNet databases of a few nouns, in the files that NLTK reads."""

import random
from pathlib import Path

import nltk
from nltk.corpus.reader.wordnet import WordNetCorpusReader

EMPTY = ['cntlist.rev', 'index.sense', 'index.adj', 'index.adv', 'index.verb']
EMPTY += ['data.adv', 'data.verb', 'adj.exc', 'adv.exc', 'noun.exc', 'verb.exc']

# lemmas, gloss, hypernyms, instance hypernyms: by number in this list
ANIMALS = [
    ('entity', 'that which is', [], []),
    ('animal beast', 'a living organism that feeds and moves', [0], []),
    ('artifact', 'a man-made object', [0], []),
    ('feline', 'an animal that purrs', [1], []),
    ('canine', 'an animal that barks', [1], []),
    ('cat', 'a small feline kept as a pet', [3], []),
    ('dog domestic_dog', 'a canine kept as a pet', [4], []),
    ('truck', 'an artifact that carries a load on a road', [2], []),
    ('crane', 'a large long-necked wading bird', [1], []),
    ('crane', 'an artifact that lifts a load', [2], []),
    ('Felix', 'a cat of great fame', [], [5]),
    ('number', 'a concept of quantity', [], []),
]


def write_wordnet(root, synsets):
    """Write the database below ``root`` and let NLTK's reader open it."""
    folder = Path(root) / 'corpora' / 'wordnet'
    folder.mkdir(parents=True)
    for name in EMPTY:
        (folder / name).write_text('')
    (folder / 'lexnames').write_text('00\tadj.all\t3\n')
    (folder / 'data.adj').write_text('  WordNet 3.0 Copyright\n')
    offsets = [0] * len(synsets)
    for _ in range(2):  # the first round finds out where the lines begin
        lines, position = [], 0
        for i, synset in enumerate(synsets):
            lines.append(_line(i, synset, offsets))
            offsets[i], position = position, position + len(lines[-1])
    (folder / 'data.noun').write_text(
        ''.join(_line(i, s, offsets) for i, s in enumerate(synsets))
    )
    (folder / 'index.noun').write_text(_index(synsets, offsets))
    return folder


def open_wordnet(monkeypatch, root, synsets):
    """NLTK's reader of a fresh database; NLTK reads its own folders only."""
    folder = write_wordnet(root, synsets)
    monkeypatch.setattr(nltk.data, 'path', [str(root)])
    return WordNetCorpusReader(nltk.data.FileSystemPathPointer(str(folder)), None)


def random_synsets(count, seed):
    """A random hierarchy: many roots, several hypernyms, instances."""
    rng = random.Random(seed)
    synsets = []
    for i in range(count):
        above = rng.sample(range(i), min(i, rng.choice([0, 1, 1, 1, 1, 1, 2, 3])))
        instance = [above.pop()] if above and rng.random() < 0.2 else []
        synsets.append((f'noun{i}', f'gloss {i}', sorted(set(above)), instance))
    return synsets


def _line(i, synset, offsets):
    lemmas, gloss, hypernyms, instances = synset
    words = lemmas.split()
    pointers = [f'@ {offsets[h]:08d} n 0000' for h in hypernyms]
    pointers += [f'@i {offsets[h]:08d} n 0000' for h in instances]
    fields = [f'{offsets[i]:08d}', '00', 'n', f'{len(words):02x}']
    fields += [f'{word} 0' for word in words] + [f'{len(pointers):03d}', *pointers]
    return f'{" ".join(fields)} | {gloss}\n'


def _index(synsets, offsets):
    places = {}
    for i, synset in enumerate(synsets):
        for word in synset[0].lower().split():
            places.setdefault(word, []).append(f'{offsets[i]:08d}')
    lines = [
        f'{word} n {len(at)} 0 {len(at)} 0 {" ".join(at)}\n'
        for word, at in sorted(places.items())
    ]
    return ''.join(lines)
