"""The schedule and the state of a classifier's terms."""

import logging

from mmengine.logging import print_log
from mmpretrain.registry import HOOKS

from .start_checks import check_counting
from .stateful_hook import CHECKPOINT_KEY
from .table_hook import TableHook, plain_model
from .term import Term

__all__ = ['TermsHook']


@HOOKS.register_module()
class TermsHook(TableHook):
    """Tells the terms of a ``NoisyLabelClassifier`` the time and keeps their state.

    One hook serves all terms. When a term counts is set beside the term, since each may
    begin at another time. What terms keep of every sample is saved and resumed here;
    terms that keep nothing ask for no identity of the samples.

    Args:
        by_epoch: Whether the schedules of the terms count epochs or iterations.

    Raises:
        ValueError: At the start of the training, if the model has no terms, if the
            samples cannot be told apart but a term must, or if the resumed state is
            that of another training set.

    Example:
        >>> from mmpretrain.registry import HOOKS
        >>> HOOKS.build(dict(type='TermsHook', by_epoch=False)).by_epoch
        False
    """

    walks = False

    def __init__(self, by_epoch: bool = True) -> None:
        super().__init__(by_epoch, label_file=None)

    # When -----------------------------------------------------------------------

    def before_train(self, runner) -> None:
        self.terms = _terms(runner)
        if not self.terms:
            raise ValueError(
                f'{type(plain_model(runner)).__name__} has no terms: use '
                'model.type="NoisyLabelClassifier" with `terms`, or leave TermsHook out'
            )
        for term in self.terms:
            term.before_train(runner)
        self.stateful = _stateful(runner)
        if self.stateful:
            super().before_train(runner)
        else:
            check_counting(runner, self)

    def before_train_iter(self, runner, batch_idx: int, data_batch=None) -> None:
        for term in self.terms:
            term.scale = term.scale_at(self.step(runner) + 1, self.last_step(runner))

    # State ----------------------------------------------------------------------

    def make_state(self) -> None:
        for term in self.stateful.values():
            term.num_samples = len(self.training_set)

    def before_save_checkpoint(self, runner, checkpoint: dict) -> None:
        if _stateful(runner):
            super().before_save_checkpoint(runner, checkpoint)

    def after_load_checkpoint(self, runner, checkpoint: dict) -> None:
        stateful = _stateful(runner)
        states = checkpoint.get(CHECKPOINT_KEY, {})
        for name, term in stateful.items():
            if self.name(runner) not in states and term.former_hook in states:
                state = dict(states[term.former_hook])
                fingerprint = state.pop('fingerprint')
                states[self.name(runner)] = dict(
                    fingerprint=fingerprint, terms={name: state}
                )
        if stateful:
            super().after_load_checkpoint(runner, checkpoint)

    def state_dict(self) -> dict:
        terms = {
            name: {key: value.cpu().clone() for key, value in term.sample_state.items()}
            for name, term in self.stateful.items()
        }
        if not terms:
            return {}
        return dict(fingerprint=self.training_set.fingerprint, terms=terms)

    def load_state_dict(self, state: dict) -> None:
        if state['fingerprint'] != self.training_set.fingerprint:
            raise ValueError(
                'the checkpoint holds what terms kept of another training set: resume '
                'with the dataset, labels and noise seed of the original run, or use '
                '`load_from` to start with a fresh state'
            )
        for name, term in self.stateful.items():
            if name in state['terms']:
                term.load_state(state['terms'][name])
            else:
                message = f'the checkpoint holds no state of {name}: it starts afresh'
                print_log(message, 'current', logging.WARNING)


def _terms(runner) -> list[Term]:
    return list(getattr(plain_model(runner), 'terms', ()))


def _stateful(runner) -> dict[str, Term]:
    """The terms that keep a state, by class, with a number from the second on."""
    named: dict[str, Term] = {}
    for term in _terms(runner):
        if term.stateful:
            number = sum(type(other) is type(term) for other in named.values())
            named[type(term).__name__ + (f'_{number}' if number else '')] = term
    return named
