import pytest
import torch
from mmpretrain.registry import MODELS

from nl_plugins.methods.two_stage.gaussian_noise import GaussianNoise


def test_noise_of_the_right_size_in_training():
    noise = MODELS.build(dict(type='GaussianNoise', std=0.5))
    torch.manual_seed(0)
    added = noise(torch.full((100, 3, 8, 8), 2.0)) - 2.0
    assert float(added.mean()) == pytest.approx(0, abs=0.02)
    assert float(added.std()) == pytest.approx(0.5, rel=0.02)


def test_every_call_draws_anew_and_leaves_the_input_alone():
    noise, inputs = GaussianNoise(0.1), torch.zeros(4, 2)
    assert not torch.equal(noise(inputs), noise(inputs))
    assert torch.equal(inputs, torch.zeros(4, 2))


def test_nothing_in_eval_mode_or_without_a_deviation():
    inputs = torch.ones(2, 2)
    assert GaussianNoise(0.1).eval()(inputs) is inputs
    assert GaussianNoise(0.0)(inputs) is inputs


def test_the_gradient_passes_and_there_is_no_state():
    noise = GaussianNoise()
    inputs = torch.zeros(3, requires_grad=True)
    noise(inputs).sum().backward()
    assert inputs.grad.tolist() == [1, 1, 1]
    assert noise.state_dict() == {}
    assert 'std=0.15' in repr(noise)


@pytest.mark.parametrize('std', [-0.1, float('nan')])
def test_bad_deviation(std):
    with pytest.raises(ValueError, match='std must be a number >= 0'):
        GaussianNoise(std)
