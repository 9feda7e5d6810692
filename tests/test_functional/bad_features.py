"""Feature matrices that every function has to refuse, and what it has to say."""

import torch

NAN, INF = float('nan'), float('inf')

BAD_FEATURES = [
    (torch.ones(3), r'rank 2.*\(3,\)'),
    (torch.ones(2, 3, 4), r'rank 2.*\(2, 3, 4\)'),
    (torch.tensor([[1.0, 1.0], [1.0, NAN]]), r'nan at \[1, 1\]'),
    (torch.tensor([[1.0, -INF], [1.0, 1.0]]), r'-inf at \[0, 1\]'),
    (torch.tensor([[1.0, 1.0], [1.0, 1.0], [INF, NAN]]), r'inf at \[2, 0\]'),
    (torch.tensor([[1.0, 1.0], [0.0, 0.0]]), 'zero norm in row 1'),
    (torch.tensor([[1.0, 1.0], [0.0, NAN]], dtype=torch.float16), r'nan at \[1, 1\]'),
    (torch.ones(2, 2, dtype=torch.complex64), 'complex64'),
    ([[1.0, 1.0]], 'list'),
]

EMPTY = [(torch.ones(0, 2), r'empty.*\(0, 2\)'), (torch.ones(2, 0), r'empty.*\(2, 0\)')]
