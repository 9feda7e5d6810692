"""Li et al. 2017, Eq. 5, by hand and from a teacher of few clean digits."""

import pytest
import torch
from digits_run import network, train_digits
from mmpretrain.registry import MODELS
from mmpretrain.structures import DataSample
from toy import build, loader, tiny_model, toy

from nl_plugins.methods.distillation.distillation import Distillation
from nl_plugins.supervision.term_batch import TermBatch

TEACHER = {key: tiny_model()[key] for key in ('backbone', 'head')}


@pytest.mark.parametrize(('share', 'temperature'), [(0.3, 1.0), (0.5, 2.0), (1, 1)])
def test_the_targets_are_the_mixture(share, temperature):
    term = Distillation(TEACHER, 'none.pth', share, temperature)
    model = MODELS.build(dict(tiny_model(), type='NoisyLabelClassifier'))
    images, weights = torch.randn(3, 3, 8, 8), [1.0, 0.5, 0.0]
    rows = [w * torch.eye(3)[k] for k, w in enumerate(weights)]
    samples = [DataSample().set_gt_label(k).set_gt_score(t) for k, t in enumerate(rows)]
    batch = TermBatch(model, [images], samples, images, model.extract_feat(images))
    term.before_supervised(batch)
    teacher = term._teachers[0].eval()
    s = (teacher(images) / temperature).softmax(1).detach()
    for k, weight in enumerate(weights):
        want = weight * (share * torch.eye(3)[k] + (1 - share) * s[k])
        torch.testing.assert_close(batch.targets[k], want)
    losses = model.supervised(batch)
    losses['loss'].backward()
    assert all(p.grad is not None for p in model.parameters())
    assert all(p.grad is None for p in teacher.parameters())


def distilled(folder, checkpoint, teacher=TEACHER, **changes):
    term = dict(type='Distillation', teacher=teacher, checkpoint=str(checkpoint))
    model = dict(tiny_model(), type='NoisyLabelClassifier', terms=[term])
    return build(folder, [dict(type='TermsHook')], model, **changes)


def test_the_teacher_is_loaded_and_not_saved(tmp_path):
    build(tmp_path / 'teacher', []).train()
    checkpoint = tmp_path / 'teacher' / 'epoch_2.pth'
    runner = distilled(tmp_path / 'student', checkpoint)
    runner.train()
    saved = torch.load(checkpoint, weights_only=True)['state_dict']
    got = runner.model.terms[0]._teachers[0].state_dict()
    assert all(torch.equal(got[name], value) for name, value in saved.items())
    assert list(runner.model.state_dict()) == list(saved)


def test_a_missing_teacher_is_said(tmp_path):
    message = r'checkpoint of Distillation is missing: .*no\.pth'
    with pytest.raises(FileNotFoundError, match=message):
        distilled(tmp_path, tmp_path / 'no.pth').train()


def test_a_teacher_of_other_classes_is_refused(tmp_path):
    build(tmp_path / 'teacher', []).train()
    names = loader(toy(metainfo=dict(classes=['green', 'red', 'blue'])))
    checkpoint = tmp_path / 'teacher' / 'epoch_2.pth'
    student = distilled(tmp_path / 'student', checkpoint, train_dataloader=names)
    with pytest.raises(ValueError, match='other numbers in the training set'):
        student.train()


def test_a_teacher_of_more_classes_is_refused(tmp_path):
    model = tiny_model(num_classes=5)
    build(tmp_path / 'teacher', [], model).train()
    teacher = dict(TEACHER, head=model['head'])
    checkpoint = tmp_path / 'teacher' / 'epoch_2.pth'
    student = distilled(tmp_path / 'student', checkpoint, teacher)
    with pytest.raises(ValueError, match='3 classes, that of the teacher .* 5: give'):
        student.train()


@pytest.mark.parametrize(
    ('change', 'problem'),
    [
        (dict(mean=[2.0]), r'mean=\[2.0\], that of the run mean=\[100.0, 1.*'),
        (dict(to_rgb=True), 'to_rgb=True, that of the run to_rgb=False'),
    ],
)
def test_a_teacher_of_other_inputs_is_refused(tmp_path, change, problem):
    preprocessor = tiny_model()['data_preprocessor']
    build(tmp_path / 'teacher', []).train()
    checkpoint = tmp_path / 'teacher' / 'epoch_2.pth'
    alike = dict(TEACHER, data_preprocessor=preprocessor)
    distilled(tmp_path / 'alike', checkpoint, alike).train()
    other = dict(TEACHER, data_preprocessor=dict(preprocessor, **change))
    with pytest.raises(ValueError, match=f'of the teacher has {problem}'):
        distilled(tmp_path / 'other', checkpoint, other).train()


def test_a_teacher_of_few_clean_digits_helps(tmp_path):
    def first(dataset):
        return dict(dataset, indices=200)

    clean = dict(type='symmetric', rate=0.0)
    runner, alone = train_digits(tmp_path / 'a', epochs=30, noise=clean, wrap=first)
    checkpoint = tmp_path / 'teacher.pth'
    torch.save(runner.model.state_dict(), checkpoint)
    model = network()
    teacher = {key: model[key] for key in ('backbone', 'head')}
    term = dict(type='Distillation', teacher=teacher, checkpoint=str(checkpoint))
    model['terms'] = [dict(term, label_share=0.3)]
    _, accuracy = train_digits(
        tmp_path / 'b', [dict(type='TermsHook')], model, epochs=10
    )
    assert alone > 80
    assert accuracy > 80


@pytest.mark.parametrize(
    ('settings', 'message'),
    [
        (dict(label_share=1.5), 'label_share must lie'),
        (dict(temperature=0), 'temperature must be a positive number'),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        Distillation(TEACHER, 'none.pth', **settings)
