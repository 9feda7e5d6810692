import math

import pytest

from nl_plugins.functional import ramp_down, ramp_up


def test_ramp_up_by_hand():
    assert ramp_up(0, 80) == pytest.approx(0.006737946999085467)  # exp(-5)
    assert ramp_up(40, 80) == pytest.approx(0.2865047968601901)  # exp(-1.25)
    assert ramp_up(80, 80) == ramp_up(81, 80) == ramp_up(1e9, 80) == 1.0


def test_ramp_down_by_hand():
    assert ramp_down(50, 50) == ramp_down(300, 50) == 1.0
    assert ramp_down(25, 50) == pytest.approx(0.04393693362340742)  # exp(-3.125)
    assert ramp_down(0, 50) == pytest.approx(3.726653172078671e-06)  # exp(-12.5)


@pytest.mark.parametrize('ramp', [ramp_up, ramp_down])
def test_it_rises_and_has_no_length_without_a_ramp(ramp):
    values = [ramp(step, 10) for step in range(12)]
    assert values[:11] == sorted(set(values))
    assert ramp(0, 0) == ramp(5, 0) == 1.0
    assert ramp(3, 7.0) == ramp(3.0, 7)


@pytest.mark.parametrize('ramp', [ramp_up, ramp_down])
@pytest.mark.parametrize(
    'arguments', [(-1, 10), (1, -10), (math.nan, 1), (1, math.inf), ('1', 1)]
)
def test_bad_input(ramp, arguments):
    with pytest.raises(ValueError, match='finite numbers >= 0, got'):
        ramp(*arguments)
