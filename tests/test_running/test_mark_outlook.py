"""What the marks so far say of the noise rate, and what more of them would."""

import numpy as np
import pytest

from nl_plugins.running.mark_outlook import count_outlook, rate_outlook


def test_the_interval_of_a_draw_and_of_a_larger_one():
    error = (0.25 / 100 * (1 - 100 / 1000)) ** 0.5
    assert rate_outlook(0.5, error, 100, 1000, more=300) == (
        'noise rate 0.50 ± 0.09 from 100 random marks; 300 more would give ± 0.04'
    )  # 1.96 * (0.25 / 400 * 0.6) ** 0.5 = 0.038
    assert rate_outlook(0.5, error, 100, 1000).endswith('200 more would give ± 0.05')
    assert rate_outlook(0.5, 0.0375, 100, 160).endswith('60 more would give ± 0.00')
    for count, size in ((0, 10), (11, 10)):
        with pytest.raises(ValueError, match=f'{count} of {size} samples'):
            rate_outlook(0.5, 0.1, count, size)


def test_marks_alone():
    assert count_outlook(19, 19, 50).startswith('19 random marks: 1 more')
    assert count_outlook(0, 20, 20) == 'noise rate 0.00 ± 0.00 from 20 random marks'
    # (1 / 22 * 21 / 22 / 20) ** 0.5 * 1.96 = 0.091
    assert count_outlook(0, 20, 10**9).startswith('noise rate 0.00 ± 0.09 from 20')


@pytest.mark.parametrize('rate', [0.1, 0.4])
def test_the_interval_of_the_larger_draw_is_the_one_it_has(rate):
    """What 60 marks announce for 260 is the scatter of draws of 260."""
    rng = np.random.default_rng(0)
    wrong = rng.random(5000) < rate
    rates = [wrong[rng.permutation(5000)[:260]].mean() for _ in range(400)]
    announced = [
        float(count_outlook(wrong[rng.permutation(5000)[:60]].sum(), 60, 5000)[-4:])
        for _ in range(100)
    ]
    assert np.mean(announced) == pytest.approx(1.96 * np.std(rates), abs=0.006)
