"""Against a dictionary."""

from collections import defaultdict

import numpy as np

from nl_plugins.data_check.equal_keys import equal_keys


def test_equal_keys_are_those_of_a_dictionary():
    rng = np.random.default_rng(0)
    # keys that end or consist in null bytes, or begin alike
    choices = [b'', b'a', b'a\0b', b'\0a', b'b' * 16, b'b' * 15 + b'c', b'z']
    choices += [bytes([i]) * 16 for i in range(40, 80)]
    for size in (0, 1, 2, 60, 500):
        keys = [choices[i] for i in rng.integers(0, len(choices), size)]
        expected = defaultdict(list)
        for position, key in enumerate(keys):
            expected[key].append(position)
        expected.pop(b'', None)
        groups = [group.tolist() for group in equal_keys(np.array(keys, 'S16'), b'')]
        assert sorted(groups) == sorted(g for g in expected.values() if len(g) > 1)
