import pytest
import torch

from nl_plugins.functional import (
    class_centers,
    correct_labels,
    numerics,
    prototype_scores,
)

from . import reference
from .bad_features import BAD_FEATURES, EMPTY

FUNCTIONS = [prototype_scores, correct_labels]


@pytest.fixture
def classes(generator):
    """Four classes of 1, 2, 3 and 8 prototypes."""
    sizes = (1, 2, 3, 8)
    return [torch.randn(p, 6, generator=generator, dtype=torch.float64) for p in sizes]


@pytest.fixture
def chunks_of_three(monkeypatch):
    monkeypatch.setitem(numerics._CHUNK_BYTES, 'cpu', 3 * 6 * 8)


def test_scores_of_a_hand_computed_case():
    features = torch.tensor([[2.0, 0.0], [3.0, 4.0]])
    classes = [torch.tensor([[5.0, 0.0], [0.0, 1.0]]), torch.tensor([[-1.0, 0.0]])]
    expected = torch.tensor([[0.5, -1.0], [0.7, -0.6]])
    torch.testing.assert_close(prototype_scores(features, classes), expected)
    assert correct_labels(features, classes).tolist() == [0, 0]
    assert correct_labels(-features, classes).tolist() == [1, 1]


def test_equal_the_loops(features, classes):
    lists = [members.tolist() for members in classes]
    expected = torch.tensor(
        reference.scores(features.tolist(), lists), dtype=torch.float64
    )
    scores = prototype_scores(features, classes)
    assert scores.dtype == torch.float64
    torch.testing.assert_close(scores, expected, rtol=0, atol=1e-9)
    labels = correct_labels(features, classes)
    assert labels.dtype == torch.int64
    assert labels.tolist() == reference.corrected(features.tolist(), lists)
    assert len(set(labels.tolist())) > 1


def test_chunks_do_not_matter(features, classes, chunks_of_three):
    lists = [members.tolist() for members in classes]
    expected = torch.tensor(
        reference.scores(features.tolist(), lists), dtype=torch.float64
    )
    assert len(list(numerics.row_chunks(features))) == 14
    scores = prototype_scores(features, classes)
    torch.testing.assert_close(scores, expected, rtol=0, atol=1e-9)
    assert correct_labels(features, classes).tolist() == expected.argmax(1).tolist()


@pytest.mark.parametrize('dtype', [torch.float16, torch.float32, torch.float64])
def test_centers_stand_for_the_prototypes(features, classes, dtype):
    features = features.to(dtype)
    classes = [*(members.to(dtype) for members in classes), classes[0].to(dtype)]
    centers = class_centers(classes, features)
    unit = torch.nn.functional.normalize(classes[3].double())
    torch.testing.assert_close(centers[3].double(), unit.mean(0), atol=1e-3, rtol=0)
    assert torch.equal(centers[4], centers[0])
    for function in FUNCTIONS:
        whole = function(features, classes)
        assert torch.equal(function(features, centers), whole)
        parts = torch.cat([function(rows, centers) for rows in features.split(7)])
        torch.testing.assert_close(parts, whole)


def test_follow_a_permutation_of_samples_and_of_classes(features, classes, generator):
    rows = torch.randperm(40, generator=generator)
    columns = [2, 0, 3, 1]
    scores = prototype_scores(features, classes)
    shuffled = prototype_scores(features[rows], [classes[c] for c in columns])
    torch.testing.assert_close(shuffled, scores[rows][:, columns])
    labels = correct_labels(features[rows], [classes[c] for c in columns])
    assert torch.equal(
        torch.tensor(columns)[labels], correct_labels(features, classes)[rows]
    )


def test_a_score_depends_on_its_own_class_only(features, classes):
    before = prototype_scores(features, classes)
    classes[2] = -classes[2]
    after = prototype_scores(features, classes)
    kept = [0, 1, 3]
    torch.testing.assert_close(after[:, kept], before[:, kept])
    torch.testing.assert_close(after[:, 2], -before[:, 2])


def test_ties_go_to_the_lower_class():
    features = torch.tensor([[1.0, 1.0], [1.0, -1.0], [0.0, -2.0]])
    axes = [torch.tensor([[0.0, 1.0]]), torch.tensor([[1.0, 0.0]])]
    assert correct_labels(features, axes).tolist() == [0, 1, 1]
    assert correct_labels(features, [axes[0], axes[0], axes[1]]).tolist() == [0, 2, 2]


@pytest.mark.parametrize('num_classes', [2, 5, 14])
@pytest.mark.parametrize('dtype', [torch.float32, torch.float64])
def test_classes_with_the_same_prototypes_tie(num_classes, dtype, generator):
    features = torch.randn(101, 64, generator=generator, dtype=dtype)
    classes = [features[:3]] * num_classes
    scores = prototype_scores(features, classes)
    assert torch.equal(scores, scores[:, :1].expand(-1, num_classes))
    assert correct_labels(features, classes).tolist() == [0] * 101


def test_one_class(features):
    assert correct_labels(features, [features[:3]]).tolist() == [0] * 40


def test_prototypes_as_one_tensor(features):
    stacked = features[:12].reshape(3, 4, 6)
    torch.testing.assert_close(
        prototype_scores(features, stacked), prototype_scores(features, list(stacked))
    )


@pytest.mark.parametrize('scale', [2.0**-600, 1e-3, 7.0, 2.0**600])
def test_scale_does_not_matter(features, classes, scale):
    scores = prototype_scores(features, classes)
    labels = correct_labels(features, classes)
    scaled = [members * scale for members in classes]
    torch.testing.assert_close(prototype_scores(features * scale, scaled), scores)
    assert torch.equal(correct_labels(features * scale, scaled), labels)


@pytest.mark.parametrize('tiny', [2.0**-100, 2.0**-72])
def test_single_precision_survives_overflow_and_underflow(features, classes, tiny):
    features, classes = features.float(), [c.float() for c in classes]
    scale = torch.ones(40, 1)
    scale[::3], scale[1::3] = tiny, 2.0**120
    scores = prototype_scores(features * scale, classes)
    torch.testing.assert_close(scores, prototype_scores(features, classes))
    labels = correct_labels(features * scale, classes)
    assert torch.equal(labels, correct_labels(features, classes))


def test_a_sample_at_right_angles_to_all_prototypes_is_valid():
    features = torch.tensor([[0.0, 0.0, 2.0], [0.0, 1.0, 0.0]])
    axes = [torch.tensor([[1.0, 0.0, 0.0]]), torch.tensor([[0.0, 1.0, 0.0]])]
    assert prototype_scores(features, axes)[0].tolist() == [0, 0]
    assert correct_labels(features, axes).tolist() == [0, 1]


def test_prototypes_that_cancel_score_zero(features):
    pair = torch.stack([features[0], -features[0]])
    scores = prototype_scores(features, [pair, features[:1]])
    torch.testing.assert_close(scores[:, 0], torch.zeros(40, dtype=torch.float64))


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_half_precision_is_computed_in_single(features, classes, dtype):
    half = features.to(dtype)
    halves = [members.to(dtype) for members in classes]
    single = [members.float() for members in halves]
    scores = prototype_scores(half, halves)
    assert scores.dtype == torch.float32
    torch.testing.assert_close(scores, prototype_scores(half.float(), single))
    assert torch.equal(
        correct_labels(half, halves), correct_labels(half.float(), single)
    )


def test_the_features_decide_the_precision(features, classes):
    assert prototype_scores(features.float(), classes).dtype == torch.float32
    single = [members.float() for members in classes]
    assert prototype_scores(features, single).dtype == torch.float64


def test_autocast_does_not_lower_the_precision(features, classes):
    features = features.float()
    with torch.autocast('cpu', dtype=torch.bfloat16):
        scores = prototype_scores(features, classes)
    assert scores.dtype == torch.float32
    torch.testing.assert_close(scores, prototype_scores(features, classes))


def test_strided_and_differentiable_input(features, classes):
    strided = features.T.contiguous().T.requires_grad_()
    assert not strided.is_contiguous()
    leaves = [members.clone().requires_grad_() for members in classes]
    scores = prototype_scores(strided, leaves)
    assert not scores.requires_grad
    torch.testing.assert_close(scores, prototype_scores(features, classes))
    labels = correct_labels(strided, leaves)
    assert torch.equal(labels, correct_labels(features, classes))


def test_no_rows(classes):
    none = torch.empty(0, 6)
    assert prototype_scores(none, classes).shape == (0, 4)
    labels = correct_labels(none, classes)
    assert labels.shape == (0,)
    assert labels.dtype == torch.int64


def test_inputs_are_left_alone(features, classes):
    before = features.clone(), [members.clone() for members in classes]
    prototype_scores(features, classes)
    correct_labels(features, classes)
    assert torch.equal(features, before[0])
    assert all(torch.equal(a, b) for a, b in zip(classes, before[1]))


@pytest.mark.parametrize('function', FUNCTIONS)
@pytest.mark.parametrize(('features', 'message'), BAD_FEATURES)
def test_bad_features(function, features, message):
    with pytest.raises(ValueError, match=message):
        function(features, [torch.eye(2)])


@pytest.mark.parametrize('function', FUNCTIONS)
@pytest.mark.parametrize('value', [float('nan'), float('inf')])
@pytest.mark.parametrize('row', [0, 7, 39])
def test_bad_value_in_any_chunk(
    features, classes, function, value, row, chunks_of_three
):
    features[row, 2] = value
    with pytest.raises(ValueError, match=rf'{value} at \[{row}, 2\]'):
        function(features, classes)


@pytest.mark.parametrize('function', FUNCTIONS)
@pytest.mark.parametrize('row', [0, 7, 39])
def test_zero_row_in_any_chunk(features, classes, function, row, chunks_of_three):
    features[row] = 0
    with pytest.raises(ValueError, match=f'zero norm in row {row}'):
        function(features, classes)


def test_a_value_that_meets_a_zero_of_the_prototypes_is_still_seen():
    features = torch.tensor([[1.0, float('inf')], [1.0, 1.0]])
    with pytest.raises(ValueError, match=r'inf at \[0, 1\]'):
        correct_labels(features, [torch.tensor([[1.0, 0.0]])])


@pytest.mark.parametrize('function', FUNCTIONS)
@pytest.mark.parametrize(('members', 'message'), BAD_FEATURES + EMPTY)
def test_bad_prototypes(function, members, message):
    with pytest.raises(ValueError, match=f'class 1.*{message}'):
        function(torch.ones(3, 2), [torch.eye(2), members])


@pytest.mark.parametrize('function', FUNCTIONS)
def test_prototypes_that_do_not_fit(function):
    with pytest.raises(ValueError, match='at least one class'):
        function(torch.ones(3, 2), [])
    with pytest.raises(ValueError, match=r'class 1.*\(4, 2\).*\(3, 3\)'):
        function(torch.ones(4, 2), [torch.eye(2), torch.eye(3)])
    with pytest.raises(ValueError, match=r'class centers.*\(4, 2\).*\(3, 3\)'):
        function(torch.ones(4, 2), torch.eye(3))
