"""When and how things happen in a run: hooks, and the walk over the training set."""

from .checkpoint_compat import allow_mmengine_checkpoints
from .feature_tap import FeatureTap
from .feature_walk import FeatureWalk, WalkBatch
from .hooks import SMPHook, SupervisionHook
from .prototype_correction import Correction, PrototypeCorrection
from .training_set import TrainingSet
from .trust_guard import TrustGuard

__all__ = [
    'Correction',
    'FeatureTap',
    'FeatureWalk',
    'PrototypeCorrection',
    'SMPHook',
    'SupervisionHook',
    'TrainingSet',
    'TrustGuard',
    'WalkBatch',
    'allow_mmengine_checkpoints',
]
