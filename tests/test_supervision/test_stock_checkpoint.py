"""A trained checkpoint serves stock MMPretrain, where this package is not imported."""

import pytest
from mmengine.hooks import EMAHook
from stock import STOCK_MODEL, assert_predicts_in_stock
from toy import build, hook_of, loader, toy

PI = dict(type='PiModelClassifier', noise=dict(type='GaussianNoise'), consistency=None)
SELECTION = dict(type='LabelSelectionHook', start_epoch=1)


def terms(*kinds):
    return dict(type='NoisyLabelClassifier', terms=[dict(type=kind) for kind in kinds])


METHODS = dict(
    smp=({}, [dict(type='SMPHook', start_epoch=1, guard=True, holdout_fraction=0.4)]),
    pi_model=(PI, [SELECTION]),
    ensembles=(terms('TemporalEnsembling'), [SELECTION, dict(type='TermsHook')]),
    teacher=(
        terms('MeanTeacher'),
        [dict(type='EMAHook', momentum=0.1), dict(type='TermsHook')],
    ),
)


@pytest.mark.parametrize('method', list(METHODS))
def test_checkpoint_predicts_in_a_process_without_this_package(tmp_path, method):
    changes, hooks = METHODS[method]
    runner = build(
        tmp_path,
        hooks,
        dict(STOCK_MODEL, **changes),
        train_dataloader=loader(toy(num_samples=90)),
        train_cfg=dict(by_epoch=True, max_epochs=1, val_interval=1),
        default_hooks=dict(
            checkpoint=dict(
                type='CheckpointHook',
                interval=1,
                save_best='accuracy/top1',
                published_keys=['meta', 'state_dict'],
            )
        ),
    )
    runner.train()
    if method == 'teacher':  # the saved weights are the teacher's
        runner.model = hook_of(runner, EMAHook).ema_model.module
    (published,) = tmp_path.glob('best_*-*.pth')
    assert_predicts_in_stock(runner.model, published, full=False)
    assert_predicts_in_stock(runner.model, tmp_path / 'epoch_1.pth')
