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
INSTALL = 'a text graph needs the transformers library: pip install transformers'


def encoder_folder(encoder: str) -> Path:
    """The folder of an encoder: given, or that of a name in the Hugging Face cache.

    Raises:
        FileNotFoundError: If there is neither; nothing is downloaded.
        RuntimeError: If ``transformers`` is not installed.
    """
    folder = Path(encoder).expanduser()
    if folder.is_dir():
        return folder
    try:
        from huggingface_hub import snapshot_download

        return Path(snapshot_download(encoder, local_files_only=True))
    except ImportError as error:
        raise RuntimeError(INSTALL) from error
    except Exception as error:
        raise FileNotFoundError(
            f'the text encoder {encoder!r} is neither a folder nor in the Hugging Face '
            f'cache: `hf download {encoder}`, or give the folder of a BERT-like model'
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

    Texts of similar length are encoded together on ``device``, cut off behind
    ``max_length`` tokens. Gives a tensor (L_i, h) float16 on the CPU for each.
    """
    try:
        from transformers import AutoModel, AutoTokenizer
    except ImportError as error:
        raise RuntimeError(INSTALL) from error
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = AutoModel.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError) as error:
        raise FileNotFoundError(
            f'{folder} holds no model and tokenizer that transformers can load: {error}'
        ) from error
    model.float().eval().to(device)
    settings: dict[str, Any] = dict(truncation=True, max_length=max_length)
    lengths = [len(ids) for ids in tokenizer(texts, **settings)['input_ids']]
    order = sorted(range(len(texts)), key=lengths.__getitem__)
    features: list[Tensor] = [torch.empty(0)] * len(texts)
    announced = time.time()
    for start in range(0, len(order), batch_size):
        part = order[start : start + batch_size]
        own = [texts[i] for i in part]
        batch = tokenizer(own, padding=True, return_tensors='pt', **settings).to(device)
        states = model(**batch).last_hidden_state
        for i, row, mask in zip(part, states, batch['attention_mask'], strict=True):
            features[i] = row[mask.bool()].half().cpu()
        if time.time() - announced > SECONDS_BETWEEN_MESSAGES:
            announced = time.time()
            print_log(f'texts encoded: {start + len(part)}/{len(texts)}', 'current')
    return features
