"""Token features of texts from a frozen encoder on this machine."""

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from mmengine.logging import print_log
from torch import Tensor

__all__ = ['ENCODER_CHECKS', 'encoder_folder', 'folder_hash', 'token_features']

ENCODER_CHECKS = 1  # raise it when what was accepted is refused: graphs are made again
SUFFIXES = {'.json', '.txt', '.model', '.safetensors', '.bin'}
SECONDS_BETWEEN_MESSAGES = 20
NEARLY_ALL = 0.8  # of a class's tokens: so many unknown ones say nothing about it
LFS_POINTER = b'version https://git-lfs'
INSTALL = "a text graph needs transformers: pip install 'nl-plugins[text]'"


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
    for path in _files(folder):
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
    classes: Sequence[int] | None = None,
) -> list[Tensor]:
    """The last hidden states of each text's tokens, the special ones included.

    Texts of similar length are encoded together on ``device``, cut off behind
    ``max_length`` tokens. Gives a tensor (L_i, h) float16 on the CPU for each;
    whatever the precision of the weights, they are computed in float32.

    Raises:
        FileNotFoundError: If the folder does not hold a whole encoder.
        ValueError: If the tokens do not tell the ``classes`` of the texts apart (None:
            each text is its own), or states are not finite in half precision.
    """
    tokenizer, model = _load_encoder(folder)
    model.float().eval().to(device)
    settings: dict[str, Any] = dict(truncation=True, max_length=max_length)
    ids = tokenizer(texts, **settings)['input_ids']
    _check_tokens(texts, ids, classes or range(len(texts)), tokenizer, folder)
    order = sorted(range(len(texts)), key=lambda i: len(ids[i]))
    features: list[Tensor] = [torch.empty(0)] * len(texts)
    announced = time.time()
    for start in range(0, len(order), batch_size):
        part = order[start : start + batch_size]
        own = [texts[i] for i in part]
        batch = tokenizer(own, padding=True, return_tensors='pt', **settings).to(device)
        states = model(**batch).last_hidden_state
        for i, row, mask in zip(part, states, batch['attention_mask'], strict=True):
            features[i] = row[mask.bool()].half().cpu()
            if not features[i].isfinite().all():
                raise ValueError(
                    f'the encoder in {folder} makes numbers of {texts[i]!r} that are '
                    'not finite in half precision: its weights may be damaged, '
                    'download it again'
                )
        if time.time() - announced > SECONDS_BETWEEN_MESSAGES:
            announced = time.time()
            print_log(f'texts encoded: {start + len(part)}/{len(texts)}', 'current')
    return features


def _load_encoder(folder: Path) -> tuple[Any, Any]:
    """The tokenizer and the model, all of whose weights come from the folder."""
    try:
        from transformers import AutoModel, AutoTokenizer
    except ImportError as error:
        raise RuntimeError(INSTALL) from error
    again = f'download the whole model again: `hf download NAME --local-dir {folder}`'
    try:  # what a broken file raises depends on the library that reads it
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model, found = AutoModel.from_pretrained(
            folder, local_files_only=True, output_loading_info=True
        )
    except Exception as error:
        reason = str(error).split('\n')[0] or type(error).__name__
        if pointers := [path.name for path in _files(folder) if _is_pointer(path)]:
            reason += f'; git-lfs has not fetched {pointers}: `git lfs pull` does'
        raise FileNotFoundError(
            f'{folder} holds no model and tokenizer that transformers can load: '
            f'{reason}; or {again}'
        ) from error
    missing = sorted(key for key in found['missing_keys'] if 'pooler' not in key)
    missing += sorted(str(key) for key in found['mismatched_keys'])
    if missing:
        other = sorted(found['unexpected_keys'])
        instead = f', but has others, such as {other[0]!r}' if other else ''
        raise FileNotFoundError(
            f'the weights in {folder} lack {len(missing)} that the encoder needs, such '
            f'as {missing[0]!r}{instead}: save them under the names of the model '
            f'(without the `module.` of a wrapper), or {again}'
        )
    return tokenizer, model


def _files(folder: Path) -> list[Path]:
    """The model's files."""
    paths = sorted(folder.iterdir())
    return [path for path in paths if path.suffix in SUFFIXES and path.is_file()]


def _is_pointer(path: Path) -> bool:
    with path.open('rb') as file:
        return file.read(len(LFS_POINTER)) == LFS_POINTER


def _check_tokens(
    texts: list[str],
    ids: list[list[int]],
    classes: Sequence[int],
    tokenizer: Any,
    folder: Path,
) -> None:
    """Each class has known words, and no two with other texts have the same tokens."""
    advice = (
        'download a model that knows these words, such as `hf download '
        'google-bert/bert-base-multilingual-cased`, or describe the classes in other '
        'words'
    )
    own: dict[int, list[int]] = {}
    for i, label in enumerate(classes):
        own.setdefault(label, []).append(i)
    tokens = {token for text in ids for token in text}
    kinds = {token: _is_known(token, tokenizer) for token in tokens}
    seen: dict[frozenset, int] = {}
    for label, rows in own.items():
        words = [kinds[token] for i in rows for token in ids[i]]
        known, unknown = words.count(True), words.count(False)
        name = f'class {label} ({texts[rows[0]]!r})'
        if unknown and unknown >= NEARLY_ALL * (known + unknown):
            raise ValueError(
                f'the tokenizer in {folder} does not know {unknown} of the '
                f'{known + unknown} words of {name}: if its vocabulary is missing, '
                f'download the whole model again, otherwise {advice}'
            )
        other = seen.setdefault(frozenset(tuple(ids[i]) for i in rows), label)
        if {texts[i] for i in own[other]} != {texts[i] for i in rows}:
            raise ValueError(
                f'the tokenizer in {folder} makes the same tokens of {name} and class '
                f'{other} ({texts[own[other][0]]!r}): {advice}; if their texts begin '
                'alike, raise `max_length`'
            )


def _is_known(token: int, tokenizer: Any) -> bool | None:
    """Whether a token is a known word; None for punctuation and special tokens."""
    if token == tokenizer.unk_token_id:
        return False
    if token in tokenizer.all_special_ids:
        return None
    text = tokenizer.convert_ids_to_tokens(token)
    return True if any(letter.isalnum() for letter in text) else None
