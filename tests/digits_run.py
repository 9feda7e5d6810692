"""Short runs on real digits with planted noise, that every method can be judged on."""

from mmengine.hooks import Hook
from toy import build, loader

PIPELINE = [dict(type='PackInputs')]
SYMMETRIC = dict(type='symmetric', rate=0.5)
LONG = 30  # epochs, after which half of what had been learnt is forgotten


class Accuracies(Hook):
    """The accuracy on the test digits after each epoch."""

    def __init__(self):
        self.top1 = {}

    def after_val_epoch(self, runner, metrics):
        self.top1[runner.epoch] = metrics['accuracy/top1']


def network(loss=None, **changes):
    """A fully connected network that memorises wrong labels in some 30 epochs."""
    head = dict(type='LinearClsHead', num_classes=10, in_channels=128)
    return dict(
        type='NoisyLabelClassifier',
        backbone=dict(type='FullyConnected', in_channels=64, dropout=0.0),
        head=dict(head, loss=loss or dict(type='CrossEntropyLoss')),
        data_preprocessor=dict(num_classes=10, mean=[77.8], std=[95.9]),
        **changes,
    )


def train_digits(folder, hooks=(), model=None, epochs=20, noise=None, wrap=None):
    """A trained runner, and the accuracy in percent after its last epoch.

    ``wrap`` makes the training set of the dataset with noisy labels.
    """
    watcher = Accuracies()
    train = dict(
        type='NoisyLabels',
        dataset=dict(type='Digits', pipeline=PIPELINE),
        noise=noise or SYMMETRIC,
    )
    test = dict(type='Digits', split='test', pipeline=PIPELINE)
    runner = build(
        folder,
        list(hooks),
        model or network(),
        train_dataloader=loader(
            dict(type='InMemory', dataset=wrap(train) if wrap else train), batch_size=64
        ),
        val_dataloader=loader(
            test, batch_size=360, sampler=dict(type='DefaultSampler', shuffle=False)
        ),
        optim_wrapper=dict(optimizer=dict(type='Adam', lr=0.003)),
        train_cfg=dict(by_epoch=True, max_epochs=epochs, val_interval=epochs),
        default_hooks=dict(checkpoint=None),
    )
    runner.register_hook(watcher)
    runner.train()
    return runner, watcher.top1[epochs]
