"""The line that a run draws."""

import pytest

from nl_plugins.running.run_progress import RunProgress


class Runner:
    iter = 0
    max_iters = 100


@pytest.mark.parametrize(
    ('metrics', 'shown'),
    [
        ([{'accuracy/top1': 61.24}], '] 100%  top-1 61.2 %  '),
        ([{'validation/top1': 99.9}], '] 100%  validation top-1 99.9 %  '),
        # the test split comes behind the validation split
        ([{'validation/top1': 99.9}, {'accuracy/top1': 70.0}], '100%  top-1 70.0 %  '),
        ([{'single-label/f1-score': 3.0}], '] 100%  0 s'),
    ],
)
def test_the_accuracy_is_that_of_the_test_split(metrics, shown, capsys):
    progress = RunProgress('[1/1] a run')
    progress.before_train(Runner)
    progress.after_val_epoch(Runner, metrics[0])
    if metrics[1:]:
        progress.after_test_epoch(Runner, metrics[1])
    progress.after_run(Runner)
    assert shown in capsys.readouterr().out
