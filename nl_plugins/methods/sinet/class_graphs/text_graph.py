"""The class graph of what is written about the classes."""

from collections.abc import Sequence
from typing import Any

import torch
from mmengine.device import get_device
from torch import Tensor

from ....checks import check_choice
from ....functional import label_similarity
from .class_graph import ClassGraph
from .label_embeddings import lstm_embeddings, mean_embeddings
from .token_features import (
    ENCODER_CHECKS,
    encoder_folder,
    folder_hash,
    token_features,
)

__all__ = ['TextGraph']

LSTM_TRAINING = dict(hidden_channels=256, token_dropout=0.3, epochs=20, lr=1e-3)


class TextGraph(ClassGraph):
    """Cosine of label embeddings, S_l of SINet (Cheng et al. 2020) Eq. 2.

    Token features come from a frozen BERT-like encoder; an LSTM trained on them (the
    paper) or their mean makes one embedding per class.

    Args:
        texts: For each of the C classes its texts, at least one.
        encoder: See :func:`~.token_features.encoder_folder`.
        pooling: 'lstm' or 'mean'.
        max_length: Tokens of a text that are read.
        batch_size: Texts that the encoder sees at a time.
        seed: Random seed of the LSTM's training.
        **training: ``hidden_channels``, ``token_dropout``, ``epochs`` and ``lr`` of
            :func:`~.label_embeddings.lstm_embeddings`.

    Raises:
        ValueError: If a class has no text, or a setting is wrong.
        FileNotFoundError: If the encoder is not on this machine.
    """

    def __init__(
        self,
        texts: Sequence[Sequence[str]],
        encoder: str,
        pooling: str = 'lstm',
        max_length: int = 64,
        batch_size: int = 64,
        seed: int = 0,
        **training: Any,
    ) -> None:
        self.pooling = check_choice('pooling', pooling, ('lstm', 'mean'))
        allowed = dict(LSTM_TRAINING, seed=seed) if pooling == 'lstm' else {}
        if not training.keys() <= allowed.keys():
            raise ValueError(f'{sorted(training)} do not go with pooling={pooling!r}')
        self.texts = [[text for text in own if text.strip()] for own in texts]
        if [] in self.texts:
            empty = self.texts.index([])
            raise ValueError(f'class {empty} has no text to make an embedding of')
        self.folder = encoder_folder(encoder)
        self.batch_size, self.max_length = batch_size, max_length
        self.training: dict[str, Any] = {**allowed, **training}

    def inputs(self) -> dict:
        """Texts, the encoder's files and the checks that it passed, and settings."""
        settings: dict[str, Any] = dict(checks=ENCODER_CHECKS)
        settings.update(pooling=self.pooling, max_length=self.max_length)
        encoder = folder_hash(self.folder)
        return dict(settings, texts=self.texts, encoder=encoder, **self.training)

    def compute(self) -> Tensor:
        """Encode, train the LSTM if there is one, compare.

        Raises what :func:`~.token_features.token_features` does.
        """
        device, limits = get_device(), (self.batch_size, self.max_length)
        texts = [text for own in self.texts for text in own]
        size = len(self.texts)
        labels = torch.repeat_interleave(torch.tensor([len(own) for own in self.texts]))
        tokens = token_features(texts, self.folder, *limits, device, labels.tolist())
        if self.pooling == 'mean':
            return label_similarity(mean_embeddings(tokens, labels, size))
        learned = lstm_embeddings(tokens, labels, size, device=device, **self.training)
        return label_similarity(learned)
