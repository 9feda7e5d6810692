"""Token features of texts from a frozen encoder on this machine."""

import hashlib
import time
from pathlib import Path
from typing import Any

import torch
from mmengine.logging import print_log
from torch import Tensor

__all__ = ['encoder_folder', 'folder_hash', 'token_features']

SUFFIXES = {'.json', '.txt', '.model', '.safetensors', '.bin'}
SECONDS_BETWEEN_MESSAGES = 20


def encoder_folder(encoder: str) -> Path:
    """Where the files of an encoder lie.

    Args:
        encoder: A folder with a Hugging Face model and its tokenizer, or the name of
            one in the user's cache ('bert-base-uncased'). Nothing is downloaded.

    Raises:
        FileNotFoundError: If there is neither, with what to do.
        RuntimeError: If ``transformers`` is not installed.
    """
    if Path(encoder).expanduser().is_dir():
        return Path(encoder).expanduser()
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise RuntimeError(
            'a text graph needs the transformers library: pip install transformers'
        ) from error
    try:
        return Path(snapshot_download(encoder, local_files_only=True))
    except Exception as error:
        raise FileNotFoundError(
            f'the text encoder {encoder!r} is neither a folder nor in the Hugging Face '
            f'cache: download it with `hf download {encoder}`, or give the folder of a '
            'BERT-like model'
        ) from error


def folder_hash(folder: Path) -> str:
    """SHA-256 over the model's files, so that other weights are another encoder."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.suffix in SUFFIXES and path.is_file():
            digest.update(path.name.encode())
            with path.open('rb') as file:
                while block := file.read(1 << 20):
                    digest.update(block)
    return digest.hexdigest()


@torch.no_grad()
def token_features(
    texts: list[str],
    folder: Path,
    batch_size: int = 64,
    max_length: int = 64,
    device: torch.device | str = 'cpu',
) -> list[Tensor]:
    """The last hidden states of each text's tokens, the special ones included.

    Args:
        texts: n of them.
        folder: See :func:`encoder_folder`.
        batch_size: Texts of similar length at a time.
        max_length: Tokens of a text; the rest is cut off.
        device: Where the encoder runs.

    Returns:
        n tensors (L_i, h) float16 on the CPU.
    """
    tokenizer, model = _load(folder)
    model = model.float().eval().to(device)
    settings: dict[str, Any] = dict(truncation=True, max_length=max_length)
    lengths = [len(ids) for ids in tokenizer(texts, **settings)['input_ids']]
    order = sorted(range(len(texts)), key=lambda i: (lengths[i], i))
    features: list[Tensor] = [torch.empty(0)] * len(texts)
    announced = time.time()
    for start in range(0, len(order), batch_size):
        part = order[start : start + batch_size]
        batch = tokenizer(
            [texts[i] for i in part], padding=True, return_tensors='pt', **settings
        ).to(device)
        states = model(**batch).last_hidden_state
        for i, row, mask in zip(part, states, batch['attention_mask'], strict=True):
            features[i] = row[mask.bool()].half().cpu()
        if time.time() - announced > SECONDS_BETWEEN_MESSAGES:
            announced = time.time()
            print_log(f'texts encoded: {start + len(part)}/{len(texts)}', 'current')
    return features


def _load(folder: Path) -> tuple[Any, Any]:
    try:
        from transformers import AutoModel, AutoTokenizer
    except ImportError as error:
        raise RuntimeError(
            'a text graph needs the transformers library: pip install transformers'
        ) from error
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        return tokenizer, AutoModel.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError) as error:
        raise FileNotFoundError(
            f'{folder} holds no model and tokenizer that transformers can load: {error}'
        ) from error
