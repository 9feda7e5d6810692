"""Several trained models tested as one: the mean of their probabilities."""

from collections.abc import Iterator, Sequence
from itertools import islice

import torch
from mmengine.runner import Runner
from mmpretrain.structures import DataSample

from ..datasets.class_names import check_class_names
from ..supervision.class_names_hook import check_checkpoint
from .load_weights import load_weights

__all__ = ['run_ensemble_test']

BATCH_SIZE = 256


@torch.no_grad()
def run_ensemble_test(runners: Sequence[Runner]) -> tuple[dict, list[dict]]:
    """Test models side by side, each with its own test pipeline and batch size.

    Gives the metrics of the ensemble, by the first runner's evaluator, and those of
    each member. SINet (Cheng et al. 2020) §4.2 ends with an ensemble of five networks.
    Nothing is kept of an image but what the metrics keep.

    Args:
        runners: With ``load_from`` set, and the same test images in the same order.

    Raises:
        ValueError: If a config has no test, a checkpoint does not fit its model, or the
            members see other images or have other classes.
    """
    for number, runner in enumerate(runners, 1):
        if runner.test_loop is None:
            advice = 'give it test_dataloader, test_cfg and test_evaluator'
            raise ValueError(f'the config of member {number} tests nothing: {advice}')
        checkpoint = load_weights(runner, runner._load_from)
        check_checkpoint(checkpoint, 'the test set', runner.test_dataloader.dataset)
        runner.model.eval()
    tested = {
        f'the test set of member {number}': runner.test_dataloader.dataset
        for number, runner in enumerate(runners, 1)
    }
    check_class_names(tested, learns=False)
    evaluators = [runner.test_loop.evaluator for runner in runners]
    together = runners[0].build_evaluator(runners[0].cfg.test_evaluator)
    together.dataset_meta = evaluators[0].dataset_meta
    sizes = [len(runner.test_dataloader.dataset) for runner in runners]
    if len(set(sizes)) > 1:
        raise ValueError(f'the members are tested on {sizes} images: give all the same')
    groups = zip(*(_predictions(runner) for runner in runners), strict=True)
    while batch := [(*group, _mean(group)) for group in islice(groups, BATCH_SIZE)]:
        columns = zip(*batch, strict=True)
        for evaluator, samples in zip([*evaluators, together], columns, strict=True):
            evaluator.process(list(samples))
    members = [evaluator.evaluate(sizes[0]) for evaluator in evaluators]
    return together.evaluate(sizes[0]), members


def _predictions(runner: Runner) -> Iterator[DataSample]:
    for data in runner.test_dataloader:
        yield from runner.model.test_step(data)


def _mean(group: Sequence[DataSample]) -> DataSample:
    """The first of the predictions of an image, with the mean of all probabilities."""
    first = group[0]
    for sample in group[1:]:
        same_image = sample.sample_idx == first.sample_idx
        if not same_image or not torch.equal(sample.gt_label, first.gt_label):
            raise ValueError(
                f'image {first.sample_idx} of the first member, labelled '
                f'{first.gt_label.tolist()}, meets image {sample.sample_idx}, labelled '
                f'{sample.gt_label.tolist()}: give all members the same test data'
            )
        counts = len(first.pred_score), len(sample.pred_score)
        if len(set(counts)) > 1:
            raise ValueError('{} and {} classes cannot be averaged'.format(*counts))
    scores = torch.stack([sample.pred_score.float().cpu() for sample in group]).mean(0)
    return first.clone().set_pred_score(scores).set_pred_label(scores.argmax())
