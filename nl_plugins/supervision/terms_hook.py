"""The schedule and the state of a classifier's terms."""

from mmpretrain.registry import HOOKS

from .sample_hook import SampleHook, plain_model
from .start_checks import check_counting
from .term import Term
from .training_loader import prepare_loader

__all__ = ['TermsHook']


@HOOKS.register_module()
class TermsHook(SampleHook):
    """Tells the terms of a ``NoisyLabelClassifier`` the time and keeps their state.

    One hook serves all terms; when a term counts is set beside it. What terms keep of
    every sample is saved and resumed here; terms that keep nothing ask for no identity
    of the samples.

    Args:
        by_epoch: Whether the schedules of the terms count epochs or iterations.

    Raises:
        ValueError: At the start of the training, if the model has no terms, or the
            resumed state is that of another training set or of other terms.

    >>> HOOKS.build(dict(type='TermsHook', by_epoch=False)).by_epoch
    False
    """

    def before_train(self, runner) -> None:
        self.terms, self.stateful = _terms(runner)
        if not self.terms:
            raise ValueError(
                f'{type(plain_model(runner)).__name__} has no terms: use '
                'model.type="NoisyLabelClassifier" with `terms`, or leave TermsHook out'
            )
        for term in self.terms:
            term.before_train(runner)
        if self.stateful:
            super().before_train(runner)
        else:
            check_counting(runner, self)
            prepare_loader(runner, plain_model(runner))

    def keep_up(self, runner) -> None:
        if self.stateful:
            super().keep_up(runner)

    def before_train_iter(self, runner, batch_idx: int, data_batch: dict) -> None:
        super().before_train_iter(runner, batch_idx, data_batch)
        for term in _terms(runner)[0]:
            term.scale = term.scale_at(self.step(runner) + 1, self.last_step(runner))

    def make_state(self) -> None:
        for term in self.stateful.values():
            term.num_samples = len(self.training_set)

    def before_save_checkpoint(self, runner, checkpoint: dict) -> None:
        if _terms(runner)[1]:
            super().before_save_checkpoint(runner, checkpoint)

    def after_load_checkpoint(self, runner, checkpoint: dict) -> None:
        if _terms(runner)[1]:
            super().after_load_checkpoint(runner, checkpoint)

    def state_dict(self) -> dict:
        if not self.stateful:
            return {}
        terms = {
            name: {key: value.cpu().clone() for key, value in term.sample_state.items()}
            for name, term in self.stateful.items()
        }
        return dict(fingerprint=self.training_set.fingerprint, terms=terms)

    def load_state_dict(self, state: dict) -> None:
        saved, wanted = list(state['terms']), list(self.stateful)
        if state['fingerprint'] != self.training_set.fingerprint or saved != wanted:
            raise ValueError(
                f'the checkpoint holds what the terms {saved} kept of the samples, of '
                f'another training set or other terms than {wanted}: resume with the '
                'dataset, labels, noise seed and terms of the original run, or use '
                '`load_from` to start with a fresh state'
            )
        for name, term in self.stateful.items():
            term.load_state(state['terms'][name])


def _terms(runner) -> tuple[list[Term], dict[str, Term]]:
    """All terms, and by class and number those that keep a state."""
    terms = list(getattr(plain_model(runner), 'terms', ()))
    stateful = enumerate(term for term in terms if term.stateful)
    return terms, {f'{type(term).__name__}_{i}': term for i, term in stateful}
