"""When and how things happen in a run: hooks, and the walk over the training set."""

from .checkpoint_compat import allow_mmengine_checkpoints
from .clean_set import CleanSet
from .cleannet_round import CleanNetRound, Relevance
from .cleannet_training import CleanNetTraining, RelevanceData
from .detection_run import DetectionResult, DetectionRun
from .feature_tap import FeatureTap
from .feature_walk import FeatureWalk, WalkBatch
from .freezing import FrozenFeatures
from .hooks import (
    CleanNetHook,
    ConsistencyHook,
    LabelSelectionHook,
    MeanTeacherHook,
    NoiseLayerHook,
    SMPHook,
    SupervisionHook,
    TemporalEnsemblingHook,
)
from .label_confidence import LabelConfidence, label_confidence
from .prototype_correction import Correction, PrototypeCorrection
from .training_set import TrainingSet
from .trust_guard import TrustGuard

__all__ = [
    'CleanSet',
    'ConsistencyHook',
    'CleanNetHook',
    'CleanNetRound',
    'CleanNetTraining',
    'Correction',
    'DetectionResult',
    'DetectionRun',
    'FeatureTap',
    'FeatureWalk',
    'LabelConfidence',
    'LabelSelectionHook',
    'MeanTeacherHook',
    'NoiseLayerHook',
    'FrozenFeatures',
    'PrototypeCorrection',
    'Relevance',
    'RelevanceData',
    'SMPHook',
    'SupervisionHook',
    'TemporalEnsemblingHook',
    'TrainingSet',
    'TrustGuard',
    'WalkBatch',
    'allow_mmengine_checkpoints',
    'label_confidence',
]
