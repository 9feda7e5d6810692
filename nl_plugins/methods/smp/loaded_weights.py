"""What a checkpoint tells of the samples that its weights have seen."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from mmengine.runner import CheckpointLoader
from torch import Size, Tensor, nn

from ...supervision.stateful_hook import CHECKPOINT_KEY

__all__ = ['LoadedWeights', 'loaded_weights', 'pretrained_weights']


class LoadedWeights(NamedTuple):
    """What is kept of a checkpoint."""

    source: str  # what brought the weights in
    classes: list[str]  # of the data that they were trained on; empty if unknown
    shapes: dict[str, Size]  # of the weights
    states: list[dict]  # of the hooks of this package

    def may_have_seen(self, classes: Sequence[str], model: nn.Module) -> bool:
        """Whether they may come from a training of this model on such data.

        The names of the classes decide; without them, whether all weights fit.
        """
        if self.classes and classes:
            return sorted(self.classes) == sorted(classes)
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
    """The local checkpoints that ``init_cfg`` of the model and its parts name."""
    found = {}
    for module in model.modules():
        settings = getattr(module, 'init_cfg', None) or []
        for each in settings if isinstance(settings, list) else [settings]:
            path = each.get('checkpoint') or ''
            if path not in found and Path(path).is_file():
                checkpoint = CheckpointLoader.load_checkpoint(path, 'cpu')
                found[path] = loaded_weights(f'`init_cfg` ({path})', checkpoint)
    return list(found.values())
