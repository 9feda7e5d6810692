"""What was found out about the labels of a training set."""

from dataclasses import dataclass, field

from torch import Tensor

from ..methods.cleannet.relevance import Relevance
from .label_estimate import LabelEstimate

__all__ = ['CLEANNET', 'CLOSED_FORM', 'DetectionResult']

CLEANNET, CLOSED_FORM = 'CleanNet', 'closed form'


@dataclass
class DetectionResult:
    """The same on every rank, but for what only the first has: see there."""

    estimate: LabelEstimate  # in closed form, of the samples that have features
    known: Tensor  # (N,) bool, which these are
    # what CleanNet found out about all samples; None where no label is verified
    relevance: Relevance | None
    others: Tensor  # (N,) int64, the network's likeliest class beside the given label
    # see `compare_detectors`; empty where nothing judges. Of the first rank
    methods: dict[str, dict] = field(default_factory=dict)
    # Spearman's correlation of the methods' scores, by name and name. Of the first rank
    agreement: dict[str, dict[str, float]] = field(default_factory=dict)
    chosen: str = CLOSED_FORM  # the method of the files: as asked for, else the best

    def __post_init__(self) -> None:
        # (N,) bool, which labels the chosen method takes for right. Of the first rank
        self.selected = self.decided(CLOSED_FORM)

    @property
    def decisive(self) -> list[str]:
        """The methods that have decided on all samples."""
        return [CLOSED_FORM] if self.relevance is None else [CLEANNET, CLOSED_FORM]

    def decided(self, name: str) -> Tensor:
        """(N,) bool, which given labels one of these takes for right."""
        if name == CLEANNET:
            assert self.relevance is not None
            return self.relevance.selected
        selected = ~self.known
        selected[self.known] = self.estimate.selected
        return selected
