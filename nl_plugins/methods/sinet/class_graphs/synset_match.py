"""Classes matched with WordNet's synsets (never guessed), and their class graph."""

from collections.abc import Mapping, Sequence
from typing import Any

from mmengine.logging import print_log
from torch import Tensor

from ....checks import check_choice
from ....functional import wordnet_similarity
from ....functional.synset_names import is_synset_name, synset_named
from .class_graph import ClassGraph

__all__ = ['WordNetGraph', 'match_synsets']

LISTED = 20


class WordNetGraph(ClassGraph):
    """Path similarity of C synsets, S_w of SINet (Cheng et al. 2020) §3.1.

    WordNet's ``version`` is part of the key under which the graph is kept.
    """

    def __init__(self, synsets: Sequence[Any], version: str = '') -> None:
        self.synsets, self.version = list(synsets), version

    def inputs(self) -> dict:
        """Names of the synsets, and the version that they belong to."""
        names = [synset.name() for synset in self.synsets]
        return dict(synsets=names, wordnet=self.version)

    def compute(self) -> Tensor:
        """All shortest paths at once."""
        return wordnet_similarity(self.synsets)


def match_synsets(
    classes: Sequence[str],
    wordnet: Any,
    chosen: Mapping[str, str] | None = None,
    ambiguous: str = 'error',
) -> list[Any]:
    """The synset of each class, one of NLTK's ``Synset``.

    Args:
        classes: For each class its synset ('crane.n.05') or WordNet id ('n02012849'),
            behind which anything may follow after a space, or its name: a noun, or
            several that mean the same separated by commas ('tench, Tinca tinca'), which
            stand for the synsets that have all of them.
        wordnet: NLTK's reader.
        chosen: Synset or WordNet id by class, for those that would not be found.
        ambiguous: 'error', or 'first' to take (and log) the most frequent sense, which
            WordNet lists first.

    Raises:
        ValueError: Naming the classes without a synset and, unless allowed, those with
            several senses, and how to choose.
    """
    check_choice('ambiguous', ambiguous, ('error', 'first'))
    chosen = chosen or {}
    if strange := sorted(set(chosen) - set(classes)):
        raise ValueError(f'`synsets` names {strange[:5]}, which are no classes')
    found = [_senses(str(chosen.get(name, name)).strip(), wordnet) for name in classes]
    problems: list[str] = []
    choices = problems if ambiguous == 'error' else []
    for index, (name, senses) in enumerate(zip(classes, found)):
        if not senses:
            problems.append(f'class {index} {name!r} is not in WordNet')
        elif len(senses) > 1:
            shown = [f'{each.name()} ({each.definition()[:60]})' for each in senses[:6]]
            choices.append(f'class {index} {name!r} may be {", ".join(shown)}')
    if problems:
        raise ValueError(
            f'{len(problems)} of {len(classes)} classes have no clear synset:\n'
            + _listed(problems, '\n')
            + "\nname theirs with `synsets={'class name': 'crane.n.05'}`"
            + ", or take the most frequent sense with `ambiguous='first'`"
        )
    if choices:
        message = 'the most frequent sense is taken where ' + _listed(choices, '; ')
        print_log(message, 'current', 30)
    return [senses[0] for senses in found]


def _senses(text: str, wordnet: Any) -> list[Any]:
    """The synsets that a text may mean, the most frequent first."""
    for name in (text, text.partition(' ')[0]):
        if is_synset_name(name):
            synset = synset_named(name, wordnet)
            return [] if synset is None else [synset]
    words = [word.strip().replace(' ', '_') for word in text.split(',')]
    each = [wordnet.synsets(word, pos='n') for word in words if word] or [[]]
    return [sense for sense in each[0] if all(sense in others for others in each[1:])]


def _listed(messages: list[str], separator: str) -> str:
    return separator.join(messages[:LISTED] + ['...'] * (len(messages) > LISTED))
