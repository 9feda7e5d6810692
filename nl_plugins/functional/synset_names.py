"""WordNet's synsets by their names."""

import re
from typing import Any

__all__ = ['is_synset_name', 'load_wordnet', 'synset_named']

SYNSET = re.compile(r'.+\.[nvars]\.\d+')
WORDNET_ID = re.compile(r'[nvars]\d{8}')
INSTALL = (
    "WordNet is missing. Install it with\n    pip install 'nl-plugins[text]'\n    "
    'python -m nltk.downloader wordnet\n(no network there: unpack wordnet.zip to '
    'nltk_data/corpora/wordnet in your home or below $NLTK_DATA)'
)


def load_wordnet() -> Any:
    """NLTK's WordNet reader.

    Raises:
        RuntimeError: If NLTK or WordNet is missing, with the commands that install it.
    """
    try:
        from nltk.corpus import wordnet

        wordnet.ensure_loaded()
    except (ImportError, LookupError) as error:
        raise RuntimeError(INSTALL) from error
    return wordnet


def is_synset_name(text: str) -> bool:
    """Whether it has the form of 'crane.n.05' or of the WordNet id 'n02012849'."""
    return bool(SYNSET.fullmatch(text) or WORDNET_ID.fullmatch(text))


def synset_named(name: str, wordnet: Any) -> Any:
    """The synset 'crane.n.05' or, by its WordNet id, 'n02012849'; None if unknown.

    ``wordnet`` is NLTK's reader. A ValueError unless the name is of these two forms.
    """
    from nltk.corpus.reader.wordnet import WordNetError

    if not is_synset_name(name):
        raise ValueError(f"neither 'crane.n.05' nor 'n02012849' is like {name!r}")
    try:
        if SYNSET.fullmatch(name):
            return wordnet.synset(name)
        return wordnet.synset_from_pos_and_offset(name[0], int(name[1:]))
    except (WordNetError, ValueError):
        return None
