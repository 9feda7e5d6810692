"""What SMP says of a correction: to the logger and to the visualizer."""

import torch

from ...functional import LabelTrust
from ...supervision.label_summary import class_accuracies, label_summary
from .prototype_correction import Correction

__all__ = ['estimated_noise', 'log_correction']


def log_correction(
    hook,
    runner,
    correction: Correction,
    trust: LabelTrust,
    prototype_top1: float | None = None,
) -> None:
    """Log the figures of a cycle of an ``SMPHook``; warn.

    Among the scalars are the accuracies of the given and of the corrected labels of
    each class, by the true label (Fig. 4a), where some are known.
    """
    counts = torch.bincount(correction.labels, minlength=hook.num_classes).tolist()
    quantiles, source = correction.density_quantiles, _source(hook, trust)
    summary, true = _summary(hook, correction, trust), hook.training_set.true_labels
    if prototype_top1 is not None:
        summary['prototype_top1'] = prototype_top1
    labels = dict(given=hook.table.given_labels, corrected=correction.labels)
    by_class = {
        f'{name}_accuracy_{label}': share
        for name, each in labels.items()
        for label, share in class_accuracies(each, true).items()
    }
    hook.log_round(
        runner,
        'SMP label correction',
        summary,
        counts,
        f'; density quantiles {min(quantiles)} to {max(quantiles)}; estimated from '
        f'{trust.num_samples} samples ({source}); corrected labels by class: {counts}',
        by_class,
    )
    if hook.guard and not hook.corrects:
        runner.logger.info('the corrected labels are withheld: not clearly better')
    elif not hook.guard and trust.corrected_accuracy < trust.given_accuracy:
        runner.logger.warning(
            'the corrected labels look worse than the given ones: about '
            f'{trust.corrected_accuracy:.1%} against {trust.given_accuracy:.1%} right '
            f'({source}). They are used all the same: give SMPHook `guard=True`, or '
            'start when the network is better trained'
        )
    num_unknown = int((~correction.known).sum())
    if num_unknown:
        runner.logger.warning(
            f'{num_unknown} samples keep their given label: they were not seen in '
            'this round, their image does not load or their features are zero'
        )


def estimated_noise(hook) -> tuple[float, float, str] | None:
    """The latest estimate of an ``SMPHook``: see ``TableHook.noise_rate``."""
    found, trust = hook.trust_guard.noise_rate(), hook.trust_guard.trust
    if found is None:
        return None
    source = f'{trust.given_support} samples by SMP ({_source(hook, trust)})'
    return *found, source


def _summary(hook, correction: Correction, trust: LabelTrust) -> dict[str, float]:
    true = hook.training_set.true_labels
    return dict(
        label_summary(
            hook.table.given_labels, correction.labels, true, correction.prototypes
        ),
        given_accuracy_estimate=trust.given_accuracy,
        corrected_accuracy_estimate=trust.corrected_accuracy,
        predicted_accuracy_estimate=trust.predicted_accuracy,
        memorised=hook.trust_guard.memorised,
        estimate_error=min(trust.standard_error, 1.0),
        num_prototypes=correction.num_prototypes,
        alpha=hook.alpha if hook.corrects else 0.0,
    )


def _source(hook, trust: LabelTrust) -> str:
    if trust.source != 'noisy labels':
        return trust.source.replace('verification', 'verification labels')
    if hook.holdout_origin == 'seen':
        return 'noisy labels, held out too late: too optimistic for the given labels'
    if hook.holdout.any():
        return 'noisy labels, held out'
    return 'noisy labels that were trained on: too high once they are memorised'
