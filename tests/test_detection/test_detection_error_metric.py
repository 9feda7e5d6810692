import pytest
import torch
from mmpretrain.registry import METRICS
from toy import NUM_CLASSES, build, loader, toy

from nl_plugins.functional import detection_error


def sample(scores, label, verification):
    return dict(
        pred_score=torch.tensor(scores),
        gt_label=torch.tensor([label]),
        verification=verification,
    )


def metric(**kwargs):
    return METRICS.build(dict(type='DetectionError', **kwargs))


def test_hand_computed():
    samples = [
        sample([0.5, 0.3, 0.2], 0, 1),  # top 1, right
        sample([0.5, 0.3, 0.2], 0, 0),  # top 1, wrong
        sample([0.2, 0.3, 0.5], 1, 1),  # top 2, right
        sample([0.2, 0.3, 0.5], 1, -1),
    ]
    measure = metric(topk=(1, 2))
    measure.process({}, samples[:3])
    measure.process({}, samples[3:])
    figures = measure.evaluate(4)
    assert figures == {
        'detection/error_top1': pytest.approx(100 * (0.5 + 1) / 2),
        'detection/error_top2': pytest.approx(100 * (0.5 + 0) / 2),
    }


def test_in_a_validation_loop(tmp_path):
    pipeline = [dict(type='PackInputs', meta_keys=('sample_idx', 'verification'))]
    data = loader(
        toy(verified=True, test_mode=True, pipeline=pipeline),
        sampler=dict(type='DefaultSampler', shuffle=False),
    )
    runner = build(
        tmp_path,
        [],
        val_dataloader=data,
        val_evaluator=dict(type='DetectionError', topk=(1,)),
        train_cfg=dict(by_epoch=True, max_epochs=1, val_interval=1),
    )
    seen = []
    keep = runner.model.val_step

    def val_step(batch):
        seen.extend(keep(batch))
        return seen[-len(batch['inputs']) :]

    runner.model.val_step = val_step
    figures = runner.val()
    labels = torch.cat([s.gt_label for s in seen])
    verification = torch.tensor([s.verification for s in seen])
    predicted = torch.cat([s.pred_label for s in seen]) == labels
    want = detection_error(predicted, verification, labels, NUM_CLASSES)
    assert figures['detection/error_top1'] == pytest.approx(100 * want)


def test_samples_without_verification():
    bad = sample([0.5, 0.5], 0, 1)
    del bad['verification']
    with pytest.raises(ValueError, match='carry no `verification`.*meta_keys'):
        metric().process({}, [bad])


@pytest.mark.parametrize('value', [float('nan'), float('inf')])
def test_predictions_of_a_network_that_diverged(value):
    with pytest.raises(ValueError, match='not finite: the network diverged'):
        metric().process({}, [sample([0.5, value], 0, 1)])


@pytest.mark.parametrize('topk', [(), (0,), (1.5,)])
def test_bad_settings(topk):
    with pytest.raises(ValueError, match='topk'):
        metric(topk=topk)
