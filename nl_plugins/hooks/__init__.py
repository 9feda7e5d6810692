"""Small hooks of general use, registered in ``HOOKS`` on import."""

from . import (
    channels_last_hook,
    optimizer_restart_hook,
    report_test_split_hook,
    resumable_early_stopping_hook,
    step_seed_hook,
    training_loader_hook,
    validate_resumed_hook,
)
