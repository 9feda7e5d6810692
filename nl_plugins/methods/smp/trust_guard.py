"""Whether corrected labels may replace given ones, judged cycle by cycle."""

import math

import torch
from mmengine.dist import all_reduce
from torch import Tensor

from ...functional import LabelTrust, correction_trust
from ...functional.label_accuracy import share_variance
from ...supervision.gather import merge_columns, merge_passes

__all__ = ['GuardState', 'TrustGuard', 'Z']

Z = 1.64  # one-sided 95 %

NO_TRUST = LabelTrust(1.0, 0.0, 0.0, math.inf, False, 'noisy labels', 0, 0.0, 0)


class GuardState:
    """What every guard of SMP has found.

    Attributes:
        trust: The latest estimate, None before the first.
        trusted: The verdict.
        memorised: Share of the held-out disagreements that training removed, the
            latest; 0 where there are none.
    """

    def __init__(self) -> None:
        self.trust: LabelTrust | None = None
        self.trusted, self.memorised = False, 0.0

    def label_scores(self, quality: Tensor) -> Tensor:
        """(N,) scores of the given labels: their quality by the prototypes."""
        return quality

    def noise_rate(self) -> tuple[float, float] | None:
        """The share of wrong given labels and its standard error, if estimated."""
        if self.trust is None or not self.trust.given_support:
            return None
        right, count = self.trust.given_accuracy, self.trust.given_support
        return 1 - right, math.sqrt(share_variance(right, count) / count)

    def state_dict(self) -> dict:
        """Plain values."""
        trust = None if self.trust is None else tuple(self.trust)
        return dict(trusted=self.trusted, trust=trust, memorised=self.memorised)

    def load_state_dict(self, state: dict) -> None:
        """Take over :meth:`state_dict`."""
        self.trusted = state['trusted']
        self.trust = None if state['trust'] is None else LabelTrust(*state['trust'])
        self.memorised = state['memorised']


class TrustGuard(GuardState):
    """Watches how labels and predictions agree on samples kept for this purpose.

    In each cycle :func:`~nl_plugins.functional.correction_trust` estimates how right
    the given and the corrected labels are. Correction may begin when

    - the corrected labels are better by more than the error of the estimate, and
    - there is something to win: the network has begun to memorise labels, that is,
      it agrees with the given labels of samples that it was trained on more often
      than with those held out, by more than ``MEMORISED`` of the latter's
      disagreements and the error of that share. Before that wrong labels do little
      harm, and a poor network on good labels looks like a good network on bad labels.
      Verification labels make this condition needless.

    It ends when the estimate says that the corrected labels are worse. The guard
    cannot tell a network that memorises, is wrong and does not know where from one
    whose labels are wrong (its confidence must rank its errors).

    Args:
        rows: (m,) int64, ascending, the samples to judge by.
        trained: (N,) bool, the samples that are trained with their given label.
        given: (N,) int, the given labels of all samples.
        num_classes: K.
        verification: (N,) int in {1, 0, -1}.

    >>> given = torch.tensor([0, 1, 0, 1])
    >>> judges, trained = torch.tensor([0, 1]), torch.arange(4) > 1
    >>> unverified = torch.full((4,), -1)
    >>> guard = TrustGuard(judges, trained, given, 2, unverified)
    >>> guard.add(torch.arange(4), torch.eye(2)[given])
    >>> guard.judge(corrected=given).num_samples, guard.trusted
    (2, False)
    """

    MEMORISED = 0.05

    def __init__(
        self,
        rows: Tensor,
        trained: Tensor,
        given: Tensor,
        num_classes: int,
        verification: Tensor,
    ) -> None:
        super().__init__()
        self.all_verified = bool((verification[rows] >= 0).all())
        self.rows, self.trained = rows, trained
        self.given, self.verification = given.long(), verification
        self._judges = torch.zeros(len(given), dtype=torch.bool)
        self._judges[rows] = True
        self._seen = [(rows[:0], torch.zeros(0, num_classes))]
        self._fitted = torch.zeros(2, dtype=torch.int64)  # agreements, samples

    def add(self, rows: Tensor, probs: Tensor) -> None:
        """Keep the predictions (B, K) of the samples ``rows`` (B,)."""
        agrees = probs.argmax(dim=1).cpu() == self.given[rows]
        judges = self._judges[rows]
        if judges.any():
            self._seen.append((rows[judges], probs.cpu()[judges].float()))
        trained = self.trained[rows]
        self._fitted += torch.stack([(agrees & trained).sum(), trained.sum()])

    def judge(self, corrected: Tensor) -> LabelTrust:
        """Estimate how right corrected labels (N,) are; one verdict on all ranks."""
        rows, probs = merge_passes(self._seen)
        del self._seen[1:]
        places = torch.searchsorted(self.rows, rows)
        found = merge_columns(len(self.rows), places, dict(probs=probs))
        all_reduce(self._fitted, 'sum')
        if not found.known.any():  # nothing to judge by: the verdict stands
            return self.trust or NO_TRUST
        probs, rows = found['probs'][found.known], self.rows[found.known]
        given, suggested = self.given[rows], corrected[rows].long()
        verified = self.verification[rows] if self.all_verified else None
        trust = correction_trust(given, suggested, probs, verified, self.trust)
        memorises = self._memorises(probs, rows)
        if self.trusted:
            self.trusted = trust.corrected_accuracy > trust.given_accuracy
        else:
            self.trusted = trust.trusted and memorises
        self.trust = trust
        return trust

    def _memorises(self, probs: Tensor, rows: Tensor) -> bool:
        agreements, samples = self._fitted.tolist()
        self._fitted.zero_()
        held_out = float((probs.argmax(1) == self.given[rows]).double().mean())
        if samples == 0 or held_out == 1 or self.trained[rows].any():
            return self.all_verified
        fitted = agreements / samples
        self.memorised = (fitted - held_out) / (1 - held_out)
        variance = held_out * (1 - held_out) / len(rows)
        variance += fitted * (1 - fitted) / samples
        margin = self.MEMORISED + Z * math.sqrt(variance) / (1 - held_out)
        return self.all_verified or self.memorised > margin
