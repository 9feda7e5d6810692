from .cleannet_hook import CleanNetHook
from .consistency_hook import ConsistencyHook
from .label_selection_hook import LabelSelectionHook
from .mean_teacher_hook import MeanTeacherHook
from .noise_layer_hook import NoiseLayerHook
from .optimizer_restart_hook import OptimizerRestartHook
from .report_test_split_hook import ReportTestSplitHook
from .resumable_early_stopping_hook import ResumableEarlyStoppingHook
from .sinet_hook import SINetHook
from .smp_hook import SMPHook
from .stateful_hook import StatefulHook
from .step_seed_hook import StepSeedHook
from .supervision_hook import SupervisionHook
from .temporal_ensembling_hook import TemporalEnsemblingHook
from .topk_smoothing_hook import TopKSmoothingHook
from .validate_resumed_hook import ValidateResumedHook

__all__ = [
    'CleanNetHook',
    'ConsistencyHook',
    'LabelSelectionHook',
    'MeanTeacherHook',
    'NoiseLayerHook',
    'OptimizerRestartHook',
    'ReportTestSplitHook',
    'ResumableEarlyStoppingHook',
    'SINetHook',
    'SMPHook',
    'StatefulHook',
    'StepSeedHook',
    'SupervisionHook',
    'TemporalEnsemblingHook',
    'TopKSmoothingHook',
    'ValidateResumedHook',
]
