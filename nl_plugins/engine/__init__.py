"""When and how things happen in a run: hooks, and the walk over the training set."""

from .checkpoint_compat import allow_mmengine_checkpoints
from .clean_set import CleanSet
from .cleannet_round import CleanNetRound
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
    SINetHook,
    SMPHook,
    SupervisionHook,
    TemporalEnsemblingHook,
    TopKSmoothingHook,
)
from .label_confidence import LabelConfidence, label_confidence
from .labelled_features import LabelledFeatures
from .prototype_correction import Correction, PrototypeCorrection
from .prototype_weighting import PrototypeWeighting
from .relevance import Relevance
from .training_set import TrainingSet
from .trust_guard import TrustGuard

__all__ = [
    'CleanNetHook',
    'CleanNetRound',
    'CleanNetTraining',
    'CleanSet',
    'ConsistencyHook',
    'Correction',
    'DetectionResult',
    'DetectionRun',
    'FeatureTap',
    'FeatureWalk',
    'FrozenFeatures',
    'LabelConfidence',
    'LabelSelectionHook',
    'LabelledFeatures',
    'MeanTeacherHook',
    'NoiseLayerHook',
    'PrototypeCorrection',
    'PrototypeWeighting',
    'Relevance',
    'RelevanceData',
    'SINetHook',
    'SMPHook',
    'SupervisionHook',
    'TemporalEnsemblingHook',
    'TopKSmoothingHook',
    'TrainingSet',
    'TrustGuard',
    'WalkBatch',
    'allow_mmengine_checkpoints',
    'label_confidence',
]
