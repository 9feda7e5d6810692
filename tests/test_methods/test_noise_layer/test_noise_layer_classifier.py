import copy

import pytest
import torch
import torch.nn.functional as F
from mmpretrain.registry import MODELS
from mmpretrain.structures import DataSample
from noise_layer_toy import CONFUSION, noise_layer_model
from toy import NUM_CLASSES, tiny_model

from nl_plugins.functional import noise_types

Q = [[0.7, 0.1, 0.2], [0.3, 0.8, 0.2], [0.0, 0.1, 0.6]]
# both labels (one confused, two random, one right), noisy only, clean only
CLEAN = torch.tensor([1, 0, 2, 1, -1, -1, -1, -1, 2, 0])
NOISY = torch.tensor([0, 1, 0, 1, 2, 0, 1, 1, -1, -1])


def samples(clean=CLEAN, noisy=NOISY):
    result = []
    for c, n in zip(clean.tolist(), noisy.tolist()):
        sample = DataSample().set_gt_label(n if c < 0 else c)
        sample.set_metainfo(dict(clean_label=c, noisy_label=n))
        result.append(sample)
    return result


def build(phase='joint', baseline=False, **kwargs):
    torch.manual_seed(0)
    model = MODELS.build(noise_layer_model(baseline, phase=phase, **kwargs))
    matrix = torch.tensor(Q if baseline else CONFUSION)
    model.noise_layer.set_confusion(matrix)
    for linear in (model.head.fc, *([] if baseline else [model.type_network.head.fc])):
        torch.nn.init.normal_(linear.weight)  # far from uniform predictions
    return model.eval()  # batch norm as in the reference


@pytest.fixture
def inputs():
    return torch.randn(10, 3, 32, 32, generator=torch.Generator().manual_seed(1))


def log_probs(model, inputs):
    classes = model(inputs, mode='tensor').log_softmax(1)
    if model.type_network is None:
        return classes, None
    return classes, model.type_network(inputs, mode='tensor').log_softmax(1)


def picked(logs, labels):
    """-log p of the labels, 0 where unknown; mean over all samples."""
    known = labels >= 0
    return -logs[known].gather(1, labels[known, None]).sum() / len(labels)


def optimal_types():
    both = (CLEAN >= 0) & (NOISY >= 0)
    types = torch.full_like(CLEAN, -1)
    types[both] = noise_types(CLEAN[both], NOISY[both], torch.tensor(CONFUSION))
    assert types.tolist()[:5] == [2, 1, 1, 0, -1]
    return types


def gradients(loss, model):
    parameters = dict(model.named_parameters())
    grads = torch.autograd.grad(loss, list(parameters.values()), allow_unused=True)
    return dict(zip(parameters, grads))


def same_gradients(got, want):
    assert got.keys() == want.keys()
    for name, grad in want.items():
        if grad is None:
            assert got[name] is None, name
        else:
            torch.testing.assert_close(got[name], grad, msg=name)


def test_classes_phase_trains_on_clean_labels_alone(inputs):
    model = build('classes')
    losses = model(inputs, samples(), mode='loss')
    assert losses.keys() == {'loss'}
    want = picked(log_probs(model, inputs)[0], CLEAN)
    torch.testing.assert_close(losses['loss'], want)
    same_gradients(gradients(losses['loss'], model), gradients(want, model))


def test_given_phase_trains_on_the_best_known_label(inputs):
    model = build('given')
    losses = model(inputs, samples(), mode='loss')
    best = torch.where(CLEAN < 0, NOISY, CLEAN)
    want = picked(log_probs(model, inputs)[0], best)
    torch.testing.assert_close(losses['loss'], want)


def test_types_phase_trains_on_optimal_types_alone(inputs):
    model = build('types')
    losses = model(inputs, samples(), mode='loss')
    assert losses.keys() == {'type_loss'}
    want = picked(log_probs(model, inputs)[1], optimal_types())
    torch.testing.assert_close(losses['type_loss'], want)
    grads = gradients(losses['type_loss'], model)
    assert all((grads[k] is None) == (not k.startswith('type_network')) for k in grads)


@pytest.mark.parametrize('baseline', [False, True])
def test_joint_phase_has_the_gradient_of_the_likelihood(inputs, baseline):
    """EM (Eq. 4 to 7): what is trained is log p(noisy label | x), summed over y, z."""
    model = build(baseline=baseline)
    losses = model(inputs, samples(), mode='loss')
    total = sum(value for name, value in losses.items() if 'loss' in name)
    classes, types = log_probs(model, inputs)
    unknown = CLEAN < 0
    if baseline:
        marginal = torch.tensor(Q) @ classes[unknown].exp().T
    else:
        eye = torch.eye(NUM_CLASSES)
        random = (1 - eye) / (NUM_CLASSES - 1)
        likelihoods = torch.stack([eye, random, torch.tensor(CONFUSION)])
        joint = classes[unknown].exp()[:, None, :] * types[unknown].exp()[:, :, None]
        marginal = torch.einsum('znl,bzl->nb', likelihoods, joint)
    observed = marginal.T.gather(1, NOISY[unknown, None])
    want = picked(classes, CLEAN) - observed.log().sum() / len(NOISY)
    if not baseline:
        want = want + picked(types, optimal_types())
    same_gradients(gradients(total, model), gradients(want, model))


def test_log_says_how_the_noisy_samples_are_explained(inputs):
    model = build()
    losses = model(inputs, samples(), mode='loss')
    shares = [losses[k] for k in ('noise_free', 'random_noise', 'confusing_noise')]
    torch.testing.assert_close(sum(shares), torch.ones(()))
    total, _ = model.parse_losses(losses)
    torch.testing.assert_close(total, losses['loss'] + losses['type_loss'])
    _, q_z = model.noise_layer.posterior(*log_probs(model, inputs), NOISY.clamp_min(0))
    torch.testing.assert_close(torch.stack(shares), q_z[CLEAN < 0].mean(0))


def test_a_batch_of_clean_samples_only(inputs):
    model = build()
    losses = model(inputs[:4], samples()[:4], mode='loss')
    assert all(torch.isfinite(value) for value in losses.values())
    torch.testing.assert_close(
        losses['loss'], picked(log_probs(model, inputs[:4])[0], CLEAN[:4])
    )


def test_without_further_keys_every_label_is_a_noisy_one(inputs):
    model = build()
    plain = [DataSample().set_gt_label(int(label)) for label in NOISY[:8]]
    unknown = torch.full((8,), -1)
    want = model(inputs[:8], samples(unknown, NOISY[:8]), mode='loss')
    got = model(inputs[:8], plain, mode='loss')
    for name, value in want.items():
        torch.testing.assert_close(got[name], value)


@pytest.mark.parametrize('plain_first', [False, True])
def test_each_sample_says_what_is_known_of_it(inputs, plain_first):
    model = build()
    plain = [DataSample().set_gt_label(int(label)) for label in NOISY[4:6]]
    batch = [*plain, *samples()[:4]] if plain_first else [*samples()[:4], *plain]
    order = [4, 5, 0, 1, 2, 3] if plain_first else range(6)
    images = inputs[list(order)]
    got = model(images, batch, mode='loss')
    want = model(images, [samples()[row] for row in order], mode='loss')
    for name, value in want.items():
        torch.testing.assert_close(got[name], value)


@pytest.mark.parametrize('phase', ['given', 'classes', 'types', 'joint'])
def test_a_sample_without_any_label_adds_nothing(inputs, phase):
    model = build(phase)
    unknown = torch.tensor([-1, -1])
    nothing = model(inputs[:2], samples(unknown, unknown), mode='loss')
    assert all(float(value) == 0 for value in nothing.values())


def test_the_type_network_may_name_its_type():
    network = dict(noise_layer_model()['type_network'], type='ImageClassifier')
    assert build(type_network=network).type_network.head.num_classes == 3


def test_the_class_network_is_an_ordinary_classifier(inputs):
    model, stock = build(), MODELS.build(tiny_model()).eval()
    own = {
        name: value
        for name, value in model.state_dict().items()
        if not name.startswith(('type_network.', 'noise_layer.'))
    }
    stock.load_state_dict(own, strict=True)
    assert torch.equal(model(inputs, mode='tensor'), stock(inputs, mode='tensor'))
    got = model(inputs, mode='predict')[0].pred_score
    assert torch.equal(got, stock(inputs, mode='predict')[0].pred_score)


def test_the_networks_share_the_preprocessor_and_are_initialised():
    model = build()
    assert model.type_network.data_preprocessor is model.data_preprocessor
    model.init_weights()
    assert model.type_network.is_init


def vit():
    arch = dict(embed_dims=24, num_layers=2, num_heads=2, feedforward_channels=48)
    backbone = dict(type='VisionTransformer', arch=arch, img_size=32, patch_size=8)
    head = dict(
        type='VisionTransformerClsHead', num_classes=NUM_CLASSES, in_channels=24
    )
    return backbone, head


HEADS = dict(
    arcface=dict(type='ArcFaceClsHead', num_classes=NUM_CLASSES, in_channels=8),
    stacked=dict(
        type='StackedLinearClsHead',
        num_classes=NUM_CLASSES,
        in_channels=8,
        mid_channels=[16],
        dropout_rate=0.3,
    ),
    smooth=dict(
        type='LinearClsHead',
        num_classes=NUM_CLASSES,
        in_channels=8,
        loss=dict(type='LabelSmoothLoss', label_smooth_val=0.1),
    ),
)


@pytest.mark.parametrize('phase', ['given', 'classes', 'types', 'joint'])
@pytest.mark.parametrize('name', [*HEADS, 'vit'])
def test_other_parts_of_mmpretrain(inputs, name, phase):
    parts = dict(head=HEADS.get(name))
    if name == 'vit':
        parts['backbone'], parts['head'] = vit()
    type_network = dict(parts, head=dict(parts['head'], num_classes=3))
    type_network.setdefault('backbone', dict(type='TinyNet'))
    settings = noise_layer_model(phase=phase, type_network=type_network, **parts)
    model = MODELS.build(settings).train()
    model.noise_layer.set_confusion(torch.tensor(CONFUSION))
    total, _ = model.parse_losses(model(inputs, samples(), mode='loss'))
    total.backward()
    grads = [p.grad for p in model.parameters() if p.grad is not None]
    assert grads
    assert all(torch.isfinite(grad).all() for grad in grads)


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_mixed_precision_with_extreme_logits_stays_finite(inputs, dtype):
    model = build()
    for network in (model, model.type_network):
        network.head.fc.weight.data.mul_(2000)
    with torch.autocast('cpu', dtype):
        losses = model(inputs, samples(), mode='loss')
    total, _ = model.parse_losses(losses)
    total.backward()
    assert torch.isfinite(total)
    grads = [p.grad for p in model.parameters()]
    assert all(torch.isfinite(grad).all() for grad in grads)


def test_diverged_networks_are_reported(inputs):
    model = build()
    model.head.fc.weight.data.fill_(float('nan'))
    with pytest.raises(ValueError, match='class_logits must be finite, got nan'):
        model(inputs, samples(), mode='loss')


def test_mixed_images_are_refused():
    for augment in (dict(type='Mixup', alpha=0.2), dict(type='CutMix', alpha=1.0)):
        with pytest.raises(ValueError, match='images must not be mixed.*remove'):
            build(train_cfg=dict(augments=augment))


def test_target_vectors_of_others_are_refused(inputs):
    batch = samples()
    for sample in batch:
        sample.set_gt_score([1.0, 0, 0])
    with pytest.raises(ValueError, match='carry `gt_score`: remove `to_onehot`'):
        build()(inputs, batch, mode='loss')


def test_multi_label_samples_are_refused(inputs):
    batch = [DataSample().set_gt_label([0, 1]) for _ in range(10)]
    with pytest.raises(ValueError, match='10 samples have 20 labels'):
        build()(inputs, batch, mode='loss')


@pytest.mark.parametrize(
    ('baseline', 'changes', 'message'),
    [
        (False, dict(type_network=None), 'NoiseLayerHead needs a `type_network`'),
        (
            True,
            dict(type_network=dict(backbone=dict(type='TinyNet'))),
            'BottomUpHead has no use for a `type_network`',
        ),
        (False, dict(phase='em'), r"phase must be one of \['given', .*but is 'em'"),
        (True, dict(phase='types'), r"one of \['given', 'classes', 'joint'\]"),
    ],
)
def test_parts_that_do_not_fit(baseline, changes, message):
    with pytest.raises(ValueError, match=message):
        build(baseline=baseline, **changes)


def test_deep_copies_are_independent(inputs):
    model = build()
    twin = copy.deepcopy(model)
    twin.noise_layer.set_confusion(torch.tensor(CONFUSION)[[1, 0, 2]][:, [1, 0, 2]])
    assert not torch.equal(twin.noise_layer.confusion, model.noise_layer.confusion)
    assert F.l1_loss(twin(inputs), model(inputs)) == 0


def test_no_phase_keeps_more_than_the_networks_and_the_batch(inputs):
    """The backward pass needs that of each network, and a little for the batch."""

    def kept(phase):
        model, sizes = build(phase).train(), {}

        def pack(tensor):
            storage = tensor.untyped_storage()
            sizes[storage.data_ptr()] = storage.nbytes()
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
            losses = model(inputs, samples(), mode='loss')
        assert losses
        return sum(sizes.values())

    classes, types = kept('classes'), kept('types')
    assert inputs.nbytes < types <= classes
    assert kept('joint') <= classes + types


def test_terms_are_added_to_the_losses_of_the_noise_layer(inputs):
    weight = dict(type='ConsistencyLoss', loss_weight=3.0)
    model = build(
        terms=[dict(type='PiConsistency', consistency=weight)],
        noise=dict(type='GaussianNoise', std=0.3),
    ).train()
    for module in model.modules():  # batch statistics would differ from pass to pass
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eval()
    torch.manual_seed(3)
    got = model.loss(inputs, samples())
    torch.manual_seed(3)
    first, second = model.noise(inputs), model.noise(inputs)
    alone = build()
    alone.load_state_dict(model.state_dict())
    want = alone.loss(first, samples())
    one, other = (model(view).softmax(1) for view in (first, second))
    want['loss_consistency'] = 3 * (one - other).square().sum(1).mean()
    assert float(want['loss_consistency']) > 1e-3
    assert got.keys() == want.keys()
    for name, value in want.items():
        torch.testing.assert_close(got[name], value, msg=name)
    model.set_phase('types')
    assert list(model.loss(inputs, samples())) == ['type_loss']


def test_a_head_of_another_kind_needs_the_terms_to_be_left_out():
    head = dict(
        type='StackedLinearClsHead', num_classes=3, in_channels=8, mid_channels=[8]
    )
    assert MODELS.build(noise_layer_model(head=head))
    terms = [dict(type='PiConsistency')]
    arc = dict(type='ArcFaceClsHead', num_classes=3, in_channels=8)
    assert MODELS.build(noise_layer_model(head=arc))
    with pytest.raises(ValueError, match='ArcFaceClsHead does not compute its loss'):
        MODELS.build(noise_layer_model(head=arc, terms=terms))
