"""Against a naive loop."""

from collections import Counter

import numpy as np
import pytest

from nl_plugins.data_check.check_result import noise_summary
from nl_plugins.data_check.parts import NO_LABEL, ODD_LABEL, SURVEY


def survey(given, true=-1, verification=-1):
    records = np.zeros(len(given), SURVEY)
    records['label'] = given
    records['true_label'] = true
    records['verification'] = verification
    return records


@pytest.mark.parametrize('limit', [100, 5])
def test_equals_a_naive_loop(limit):
    rng = np.random.default_rng(0)
    given, true = rng.integers(-1, 7, (2, 400))
    verification = rng.integers(-1, 2, 400)
    given[:2] = NO_LABEL, ODD_LABEL
    rows = [
        (g, t, v)
        for g, t, v in zip(given.tolist(), true.tolist(), verification.tolist())
        if 0 <= g < limit
    ]
    figures = noise_summary(survey(given, true, verification), limit)

    known = [(t, g) for g, t, _ in rows if 0 <= t < limit]
    counts = Counter(known)
    expected = sorted([t, g, n] for (t, g), n in counts.items())
    expected.sort(key=lambda row: -row[2])
    assert figures['true_label'] == dict(
        known=len(known),
        rate=pytest.approx(sum(t != g for t, g in known) / len(known)),
        transition_counts=expected,
    )

    verified = [(g, v) for g, _, v in rows if v >= 0]
    assert figures['verification'] == dict(
        known=len(verified),
        rate=pytest.approx(sum(v == 0 for _, v in verified) / len(verified)),
        classes=[
            [c, sum(g == c for g, _ in verified), verified.count((c, 0))]
            for c in sorted({g for g, _ in verified})
        ],
    )


def test_nothing_is_told_where_nothing_is_known():
    assert noise_summary(survey([0, 1, 2]), 3) == {}
    # 2 is no verification label, 3 is no class
    assert noise_summary(survey([0, 1], [3, -1], [2, -1]), 3) == {}
