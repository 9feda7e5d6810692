from mmengine.registry import DATASETS, HOOKS, METRICS, MODELS, TRANSFORMS
from mmpretrain.registry import DATASETS as HOST_DATASETS

import nl_plugins  # noqa: F401
from nl_plugins.registry import register_scope


def test_components_live_in_the_registries_of_mmpretrain():
    assert 'Digits' in HOST_DATASETS.module_dict
    assert 'NoisyLabels' in HOST_DATASETS.module_dict


def test_the_scope_of_the_package_finds_what_mmpretrain_finds():
    register_scope()  # a second call changes nothing
    for registry, name in (
        (DATASETS, 'MNIST'),
        (DATASETS, 'Digits'),
        (HOOKS, 'CheckpointHook'),
        (METRICS, 'Accuracy'),
        (MODELS, 'ImageClassifier'),
        (TRANSFORMS, 'PackInputs'),
    ):
        with registry.switch_scope_and_registry('nl_plugins') as scoped:
            found = scoped.get(name)
        with registry.switch_scope_and_registry('mmpretrain') as host:
            assert found is host.get(name)
            assert found is not None
        assert scoped.scope == 'nl_plugins'
        assert not scoped.module_dict
