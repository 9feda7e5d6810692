"""One line a run that shows how far it is."""

import sys
import time
from multiprocessing import parent_process

from mmengine.hooks import Hook

__all__ = ['RunProgress']

WIDTH = 24
SECONDS_BETWEEN_LINES = 20


class RunProgress(Hook):
    """Draws a progress bar with the time left and the last validation accuracy.

    The line begins with the title; on a terminal it is redrawn, elsewhere, and where
    several processes share it, a line is printed now and then.
    """

    priority = 'VERY_LOW'

    def __init__(self, title: str) -> None:
        self.title = title
        self.accuracy = ''
        self.terminal = sys.stdout.isatty() and parent_process() is None

    def before_train(self, runner) -> None:
        """Start the clock."""
        self.started = self.shown = time.time()
        self.first = runner.iter

    def after_train_iter(self, runner, *args, **kwargs) -> None:
        """Redraw, but not too often."""
        pause = 0.2 if self.terminal else SECONDS_BETWEEN_LINES
        if time.time() - self.shown > pause:
            self._draw(runner, runner.iter + 1)

    def after_val_epoch(self, runner, metrics: dict | None = None) -> None:
        """Remember the accuracy, and of what it is unless it is the plain one."""
        for key, value in (metrics or {}).items():
            if key.endswith('top1'):
                of = key.removesuffix('top1').removeprefix('accuracy').strip('/')
                self.accuracy = f'  {of + " " if of else ""}top-1 {value:.1f} %'

    after_test_epoch = after_val_epoch  # of ReportTestSplitHook, which runs behind it

    def after_run(self, runner) -> None:
        """Leave the last state on the screen."""
        self._draw(runner, runner.max_iters, end='\n')

    def _draw(self, runner, iteration: int, end: str = '') -> None:
        self.shown = time.time()
        share = iteration / runner.max_iters
        spent = self.shown - self.started
        left = spent / max(iteration - self.first, 1) * (runner.max_iters - iteration)
        bar = '#' * int(WIDTH * share)
        line = f'{self.title:<32} [{bar:<{WIDTH}}] {share:4.0%}{self.accuracy}'
        line += f'  {spent:.0f} s' if end else f'  {left:.0f} s left   '
        line = f'\r\x1b[K{line}{end}' if self.terminal else f'{line}\n'
        sys.stdout.write(line)
        sys.stdout.flush()
