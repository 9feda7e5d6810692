"""Soft labels from out-of-sample scores and the given label together."""

import torch
from mmpretrain.registry import HOOKS
from torch import Tensor

from ...checks import check_fraction
from ...datasets.duplicates import read_duplicates
from ...functional.posterior_advice import (
    SUSPICIOUS,
    blindness,
    posterior_advice,
    rate_error,
)
from ...supervision.bank_posterior import fit_bank_posterior
from ...supervision.feature_source import FileSource
from ...supervision.frozen_passes import trains_head_only
from ...supervision.label_summary import label_summary
from ...supervision.sample_hook import plain_model
from ...supervision.supervision_hook import SupervisionHook
from ...supervision.walk import WalkBatch

__all__ = ['LabelPosteriorHook']

NUM_KEPT = 10  # classes of a sample's posterior; the others get no part in its target


@HOOKS.register_module()
class LabelPosteriorHook(SupervisionHook):
    """Trains with the probability of each class, given the image and its noisy label.

    Meant for features that the labels have not shaped: those of a pretrained, frozen
    network, ``Features``, or, where the trained network has none of its own, a
    ``feature_file`` of another network. A ridge regression of the given labels on the
    features of all samples scores each of them by the fit without it, exactly and in
    closed form
    (:func:`~nl_plugins.functional.leave_one_out_scores`). The scores are calibrated on
    the noisy labels with the noise modelled
    (:func:`~nl_plugins.functional.fit_noise_model`), and joined with the given label by
    the transition found there
    (:func:`~nl_plugins.functional.label_posterior`). Nothing is held out, and neither
    clean labels nor a noise rate is needed. The method is this package's own, from
    parts of Xiao et al. 2015 (posterior), Guo et al. 2017 (temperature) and Patrini et
    al. 2017 (transition). There is one estimate unless ``interval`` is set: further
    rounds on labels of its own confirm their mistakes.

    The score is the probability that the given label is right, the suggested label
    the likeliest class. Verification labels settle the posterior of their sample; for
    the others see :func:`~.posterior_fit.fit_posterior`.

    Args:
        start_epoch: The first epoch (from 1) that trains with the posteriors. If the
            features are trained as well, scores are no longer out of sample: late
            enough for good features, and before the network has memorised labels.
        interval: Epochs between estimates; None: there is one.
        alpha: Weight of the posterior in the target; the given label has the rest.
        standardize: Divide each dimension of the features by its deviation.
        feature_file: What ``tools/extract.py`` wrote of the training set, by another
            network; None takes the features of the trained one. Each sample is found in
            it by its path.
        duplicates: The path of a list of pairs of images that are one picture, such as
            the ``duplicates.csv`` of ``nl-plugins find``; see :func:`read_duplicates`.
            Each is scored by the fit without all of its copies, which would confirm
            each other's wrong label. None: every image is a picture of its own.
        feature_layer: Whose input the features are; by default what the head gets: not
            its hidden layers. None where the classifier is a part of the backbone
            (LeNet-5, AlexNet, VGG).
        **kwargs: See :class:`SupervisionHook`.

    >>> hook = HOOKS.build(dict(type='LabelPosteriorHook'))
    >>> hook.start_epoch, hook.alpha
    (1, 1.0)
    """

    def __init__(
        self,
        start_epoch: int = 1,
        interval: int | None = None,
        alpha: float = 1.0,
        standardize: bool = False,
        feature_file: str | None = None,
        duplicates: str | None = None,
        feature_layer: str | None = 'head',
        **kwargs,
    ) -> None:
        super().__init__(start_epoch, interval, feature_layer=feature_layer, **kwargs)
        self.alpha = check_fraction(alpha, 'alpha', zero=True)
        self.standardize = standardize
        self.feature_file, self.duplicates = feature_file, duplicates
        if feature_file is not None and self.online:
            raise ValueError('`online` learns from the network, not from feature_file')

    def before_train(self, runner) -> None:
        super().before_train(runner)
        if self.feature_file is not None:
            given = self.training_set, self.observe
            self.source = FileSource(self.feature_file, *given)
        self.pictures = None
        if self.duplicates is not None:
            paths = self.training_set.columns.paths
            self.pictures = torch.from_numpy(read_duplicates(self.duplicates, paths))
        self.bank = self.make_bank(runner)

    def observe(self, batch: WalkBatch) -> None:
        self.bank.add(batch.rows, batch.features)

    def estimate(self, runner) -> None:
        self.source.run(plain_model(runner))
        samples = self.training_set
        evidence = samples.given_labels, samples.verification
        known, fit = fit_bank_posterior(
            self.bank, *evidence, self.num_classes, self.standardize, self.pictures
        )
        self.bank.clear()
        blind, told = blindness(float(fit.unmarked.mean()), self.num_classes)
        if told:
            more = '; they stay as they are' if blind else ''
            runner.logger.warning(f'Label posterior: {told}{more}')
        if blind:
            return
        self.noise = fit.noise
        self._fill_table(known, fit.posterior)
        self._log(runner, known)

    def transform(self, targets: Tensor, rows: Tensor) -> Tensor:
        """The mass of a target is left; samples without an estimate are as well."""
        probs = self.posterior[rows].float()
        soft = torch.zeros_like(targets).scatter_(1, self.classes[rows].long(), probs)
        total = soft.sum(dim=1, keepdim=True)
        soft = soft / total.clamp_min(1e-9) * targets.sum(dim=1, keepdim=True)
        mixed = (1 - self.alpha) * targets + self.alpha * soft
        return torch.where(total > 0, mixed, targets)

    def recommend(self) -> dict[str, Tensor]:
        labels = self.table.given_labels, self.table.suggested_labels
        return posterior_advice(*labels, self.posterior[:, 0], ~self.table.selected)

    def noise_rate(self) -> tuple[float, float, str] | None:
        if not self.active or not self.posterior.any():
            return None
        source = 'the posteriors of all samples: ridge regression, leave-one-out'
        error = rate_error(len(self.table), self.num_classes)
        return 1 - float(self.table.scores.double().mean()), error, source

    def make_state(self) -> None:
        super().make_state()
        shape = len(self.table), min(self.num_classes, NUM_KEPT)
        self.classes = torch.zeros(shape, dtype=torch.int32)
        self.posterior = torch.zeros(shape, dtype=torch.float16)

    def state_dict(self) -> dict:
        kept = dict(classes=self.classes.clone(), posterior=self.posterior.clone())
        return dict(super().state_dict(), **kept)

    def load_state_dict(self, state: dict) -> None:
        super().load_state_dict(state)
        self.classes.copy_(state['classes'])
        self.posterior.copy_(state['posterior'])

    def _fill_table(self, known: Tensor, posterior: Tensor) -> None:
        table, given = self.table, self.training_set.given_labels.long()
        best = posterior.sort(dim=1, descending=True, stable=True)
        kept = self.posterior.shape[1]
        self.posterior[known] = best.values[:, :kept].half()
        self.classes[known] = best.indices[:, :kept].int()
        own = posterior.gather(1, given[known][:, None])[:, 0]
        table.scores[known] = own.float()
        table.suggested_labels[known] = best.indices[:, 0].int()
        table.selected[known] = own >= SUSPICIOUS

    def _log(self, runner, known: Tensor) -> None:
        table, true = self.table, self.training_set.true_labels
        summary = label_summary(table.given_labels, table.suggested_labels, true)
        summary['given_accuracy_estimate'] = float(table.scores[known].mean())
        best = self.posterior[known, 0].float()
        summary['corrected_accuracy_estimate'] = float(best.mean())
        summary['inverse_temperature'] = self.noise.inverse_temperature
        counts = table.suggested_labels.bincount(minlength=self.num_classes).tolist()
        self.log_round(runner, 'Label posterior', summary, counts)
        if num_unknown := int((~known).sum()):
            runner.logger.warning(
                f'{num_unknown} samples keep their given label: their image does not '
                'load'
            )
        trained = runner.iter and not trains_head_only(plain_model(runner))
        if trained and self.feature_file is None:
            runner.logger.warning(
                'the features were trained on these labels, so the estimate is too '
                'favourable for the given ones'
            )
