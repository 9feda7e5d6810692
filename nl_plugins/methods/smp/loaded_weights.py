"""What a checkpoint tells of the samples that its weights have seen."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlparse

import torch
from mmengine.runner import CheckpointLoader
from torch import Size, Tensor, nn

from ...datasets.class_names import names_differ
from ...datasets.training_set import TrainingSet
from ...supervision.stateful_hook import CHECKPOINT_KEY
from .holdout import FEWEST_JUDGES

__all__ = [
    'LoadedWeights',
    'held_out_before',
    'loaded_weights',
    'pretrained_weights',
]

ZOOS = ('torchvision://', 'modelzoo://', 'mmcls://', 'open-mmlab://', 'openmmlab://')


class LoadedWeights(NamedTuple):
    """What is kept of a checkpoint."""

    source: str  # what brought the weights in
    classes: list[str]  # of the data that they were trained on; empty if unknown
    shapes: dict[str, Size]  # of the weights; none if they could not be looked at
    states: list[dict]  # of the hooks of this package

    def may_have_seen(self, classes: Sequence[str], model: nn.Module) -> bool:
        """Whether they may come from a training of this model on such data.

        The names of the classes decide; without them, whether all weights fit. Of what
        could not be looked at nothing is known.
        """
        if not self.shapes:
            return True
        if self.classes and classes:
            differ = names_differ(classes, self.classes)
            return differ is None or differ[0]  # in spelling or order at most
        weights = model.state_dict().items()
        return all(self.shapes.get(name) == value.shape for name, value in weights)

    def unseen(self, fingerprint: str) -> Tensor | None:
        """(N,) bool, what was held out of the same training set; None if nothing."""
        for state in self.states:
            same = state.get('table', {}).get('fingerprint') == fingerprint
            drawn = state.get('holdout_origin', 'drawn') != 'seen'
            if same and drawn and 'holdout' in state and bool(state['holdout'].any()):
                return state['holdout'].cpu()
        return None


def loaded_weights(source: str, checkpoint: dict) -> LoadedWeights:
    """Keep the record of a checkpoint, not its weights."""
    meta = checkpoint.get('meta') or {}
    classes = (meta.get('dataset_meta') or {}).get('classes') or []
    weights = checkpoint.get('state_dict', checkpoint)
    tensors = {n: v for n, v in weights.items() if isinstance(v, Tensor)}
    shapes = {n.removeprefix('module.'): v.shape for n, v in tensors.items()}
    states = list(checkpoint.get(CHECKPOINT_KEY, {}).values())
    return LoadedWeights(source, [str(name) for name in classes], shapes, states)


def pretrained_weights(model: nn.Module) -> list[LoadedWeights]:
    """The checkpoints that ``init_cfg`` of the model and its parts name.

    Of a URL the copy that its download left is read; without one it has no shapes. What
    a model zoo publishes was trained on other data.
    """
    found = {}
    for module in model.modules():
        settings = getattr(module, 'init_cfg', None) or []
        for each in settings if isinstance(settings, list) else [settings]:
            path = each.get('checkpoint') or ''
            source, file = f'`init_cfg` ({path})', _on_this_machine(path)
            if path in found or path.startswith(ZOOS):
                continue
            if file.is_file():
                checkpoint = CheckpointLoader.load_checkpoint(str(file), 'cpu')
                found[path] = loaded_weights(source, checkpoint)
            elif '://' in path:
                source += ', of which this machine has no copy to look at'
                found[path] = LoadedWeights(source, [], {}, [])
    return list(found.values())


def _on_this_machine(path: str) -> Path:
    """Where a file is, or the copy of a URL that MMEngine makes."""
    if '://' not in path:
        return Path(path)
    return Path(torch.hub.get_dir()) / 'checkpoints' / Path(urlparse(path).path).name


def held_out_before(
    found: Sequence[LoadedWeights], training_set: TrainingSet, model: nn.Module, logger
) -> tuple[Tensor | None, str]:
    """(N,) bool, what the runs behind the weights held out, None if that is not known.

    And the origin of a hold-out: 'loaded', 'drawn' if nothing speaks against a new one,
    or 'seen' (with a warning) if the weights may know the labels that it keeps apart.
    """
    holdout, origin = None, 'drawn'
    classes = training_set.dataset.metainfo.get('classes') or ()
    for loaded in found:
        unseen = loaded.unseen(training_set.fingerprint)
        if unseen is not None and unseen.sum() >= FEWEST_JUDGES:
            holdout, origin = unseen, 'loaded'
            logger.info(
                f'{loaded.source}: the {int(unseen.sum())} samples that its run held '
                'out are held out again'
            )
        elif loaded.may_have_seen(classes, model):
            logger.warning(
                f'{loaded.source}: the weights may have been trained with the labels '
                'that are held out now. If so, the estimate of SMPHook is too '
                'optimistic for the given labels, and a guard may withhold good '
                'corrections. Train from scratch, or load a checkpoint of a run with '
                'SMPHook on this training set'
            )
            return holdout, 'seen'
    return holdout, origin
