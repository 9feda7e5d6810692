"""Compares the class names wherever the datasets and checkpoints of a run meet."""

from typing import Any

from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper

from ..datasets.class_names import check_class_names
from ..datasets.folder_names import warn_of_folders
from ..datasets.in_memory.same_features import check_same_features

__all__ = ['ClassNamesHook', 'check_checkpoint', 'watch_class_names']

_ADVICE = (
    'give the dataset its classes in the order of the checkpoint, '
    '`ImageLabels(classes=[...])`, or use a checkpoint of this data (no '
    'matter if its head is not used)'
)


class ClassNamesHook(Hook):
    """Refuses a training or test whose data number the classes differently.

    The training set is compared with the validation set, and the data with a loaded
    checkpoint: see :func:`check_class_names`. A resumed training learns from its data,
    one that loads weights may be for other classes.
    """

    priority = 'VERY_LOW'

    def __init__(self) -> None:
        self.checkpoint: dict = {}

    def after_load_checkpoint(self, runner, checkpoint: dict) -> None:
        """Keep what the checkpoint tells of its data."""
        self.checkpoint = dict(meta=checkpoint.get('meta') or {})
        weights = checkpoint.get('state_dict', checkpoint)
        names = [name.removeprefix('module.') for name in weights]
        model = runner.model.module if is_model_wrapper(runner.model) else runner.model
        own = model.state_dict()
        if not own.keys() & {*names}:
            raise ValueError(
                f'the checkpoint has no weight of the model: its first are {names[:3]},'
                f' those of the model {[*own][:3]}; rename them, or give the part of '
                'the model that they belong to as its `init_cfg`'
            )

    def before_train(self, runner) -> None:
        training_set = runner.train_dataloader.dataset
        datasets = {'the training set': training_set}
        if runner.val_loop is not None:
            datasets['the validation set'] = runner.val_loop.dataloader.dataset
        check_class_names(datasets, learns=False)
        check_same_features(datasets)
        for name, dataset in datasets.items():
            warn_of_folders(name, dataset)
        name, learns = next(iter(datasets)), bool(runner._resume)
        check_checkpoint(self.checkpoint, name, training_set, learns)

    def before_test(self, runner) -> None:
        test_set = runner.test_dataloader.dataset
        check_checkpoint(self.checkpoint, 'the test set', test_set)


def check_checkpoint(
    checkpoint: dict, name: str, dataset: Any, learns: bool = False
) -> None:
    """Compare what a checkpoint was trained on with a dataset: classes, features."""
    meta = checkpoint.get('meta') or {}
    trained_on = (meta.get('dataset_meta') or {}).get('classes')
    if trained_on is None:
        trained_on = meta.get('CLASSES') or ()  # before MMEngine
    if 'features' in (meta.get('dataset_meta') or {}):
        check_same_features({'the checkpoint': meta['dataset_meta'], name: dataset})
    datasets = {'the checkpoint': list(trained_on), name: dataset}
    check_class_names(datasets, learns, _ADVICE)


def watch_class_names(runner) -> ClassNamesHook:
    """The hook of a runner that compares names; it is added where there is none."""
    for hook in runner.hooks:
        if isinstance(hook, ClassNamesHook):
            return hook
    hook = ClassNamesHook()
    runner.register_hook(hook)
    return hook
