"""What `find` leaves behind."""

from pathlib import Path
from typing import Any

import numpy as np
from mmengine.config import Config

from ..data_check.findings_text import findings_lines
from ..detection.label_estimate import FEWEST_DRAWN, LabelEstimate
from ..formats.atomic_file import atomic_write, write_json
from ..formats.csv_kinds import INERT
from ..formats.csv_table import write_table
from ..formats.label_file import write_label_file
from ..formats.npy_file import write_npy
from ..report.label_file_report import label_file_report
from ..report.noise_rate import NoiseRate
from ..report.write_report import write_report
from ..visualization.text import shown_names, visible_text
from .feature_network import FeatureNetwork
from .find_config import find_config
from .find_labels import FoundLabels
from .mark_outlook import count_outlook, rate_outlook
from .model_files import image_loader, write_model
from .verified_marks import mark_words, write_marks

__all__ = ['noise_source', 'summary_lines', 'write_found', 'write_twins']

NUM_WORST = 10
_DRAWN = (
    'verification labels of {count} images drawn at random, which correct the mean of '
    'the scores; the interval is for the draw'
)
_SOURCE = (
    'scores of each image by a fit without it, calibrated with the noise modelled; the '
    'interval is for chance, and for the error of such estimates on label sets of '
    'known noise and this size'
)


def write_found(
    found: FoundLabels,
    network: FeatureNetwork,
    out: Path,
    title: str,
    workers: int | None,
) -> None:
    """Write the files, each of which is replaced as a whole.

    ``labels.csv``, the cleaned-label file; ``index.html``, the report; ``check.json``,
    what is wrong with the images; ``duplicates.csv``, pairs that are one picture;
    ``pred_probs.npy``, ``labels.npy`` and
    ``features.npy`` as cleanlab takes them: (N, K) float64, the out-of-sample
    probabilities of the posterior, (N,) int64 and (N, d) float16; ``config.py`` to
    train with; ``network.py`` and ``network.pth``, the network of the features; and
    ``verified.csv``, the verification labels that files gave, if there are any (those
    of samples that were drawn at random in ``verified_random.csv``, too). Those of the
    source's own column are not in it: they are read from there each time. Those of
    samples that are gone, or have another label now, stay in it: they may come back.
    """
    estimate, samples, file = found.estimate, found.samples, found.file
    out.mkdir(parents=True, exist_ok=True)
    write_json(out / 'check.json', found.survey.check.content(), indent=1)
    write_twins(found, out / 'duplicates.csv')
    _write_network(network, out)
    arrays = dict(
        pred_probs=estimate.posterior.numpy(),
        labels=estimate.given.numpy(),
        features=file.features[0],
    )
    for name, array in arrays.items():
        write_npy(out / f'{name}.npy', array)
    marks = found.listed
    write_marks(out / 'verified.csv', marks, samples)
    write_marks(out / 'verified_random.csv', marks, samples, drawn=True)
    verified, words = bool(marks.answered.any()), None
    if verified:
        words = np.full(len(samples), '', dtype=object)
        words[marks.answered] = mark_words(marks.verification[marks.answered])
    count = len(found.class_names)
    facts: Any = dict(dim=file.dim, classes=count, samples=len(samples))
    with atomic_write(out / 'config.py') as stream:
        stream.write(find_config(file.path.name, verified=verified, **facts))
    write_label_file(
        out / 'labels.csv',
        class_names=found.class_names,
        img_paths=samples.paths(),
        given_labels=estimate.given,
        suggested_labels=estimate.suggested,
        scores=estimate.scores,
        weights=estimate.scores,
        selected=estimate.selected,
        recommended=estimate.recommended(),
        verification=estimate.verification,
        contents=found.survey.contents,
        marks=words,
    )
    _write_report(found, network, out, title, workers)


def write_twins(found: FoundLabels, path: Path) -> None:
    """Pairs of usable images that are one picture, by content or by features."""
    paths, labels = found.samples.paths(), found.estimate.given.tolist()
    names, pairs = found.class_names, found.pairs
    columns = dict(
        img_path=[paths[one] for one, _, _ in pairs],
        other_path=[paths[other] for _, other, _ in pairs],
        given_name=[names[labels[one]] for one, _, _ in pairs],
        other_name=[names[labels[other]] for _, other, _ in pairs],
        kind=[kind for _, _, kind in pairs],
    )
    write_table(path, dict.fromkeys(columns, INERT), columns)


def summary_lines(found: FoundLabels, out: Path) -> list[str]:
    """What was found, the ten worst, and what to do next."""
    estimate = found.estimate
    shown = shown_names(found.class_names)
    size, rate = len(found.samples), NoiseRate.of_error(*estimate.noise_rate())
    counts = {w: int((estimate.recommended() == w).sum()) for w in ('drop', 'replace')}
    suspicious = int((~estimate.selected).sum())
    *lines, _ = findings_lines(found.survey.check)  # no verdict on a training
    all_of_them = len(found.survey.check.parts[0])
    if size < all_of_them:
        lines.append(
            f'{all_of_them - size} of {all_of_them} images cannot be used and are left '
            f'out: {out / "check.json"} lists them'
        )
    lines += [f'note: {visible_text(note)}' for note in found.notes]
    lines += [
        f'{suspicious} of {size} labels are suspicious (score below '
        f'{estimate.limit:.2f}): {counts["replace"]} to replace, {counts["drop"]} to '
        f'drop. Estimated wrong labels: {rate}, by {noise_source(estimate)}',
        *_outlook(estimate),
        f'{len(found.pairs)} pairs of images look like one picture: '
        f'{out / "duplicates.csv"}',
    ]
    paths, worst = found.samples.paths(), estimate.scores.argsort(stable=True)
    lines += ['', 'the most suspicious:'] if suspicious else []
    for row in worst[: min(NUM_WORST, suspicious)].tolist():
        given, suggested = (int(c[row]) for c in (estimate.given, estimate.suggested))
        change = f'{shown[given]} -> {shown[suggested]}'
        score = f'{float(estimate.scores[row]):.3f}'
        lines.append(f'  {score}  {change:<30}  {visible_text(paths[row])}')
    return [
        *lines,
        '',
        'next:',
        f'  look      open {out / "index.html"}; mark what is right and wrong there,',
        '            export the marks, and give them to this command with --verified',
        f'  train     nl-plugins train {out / "config.py"}',
        f"  use       {out / 'labels.csv'}: dict(type='NoisyLabels', dataset=...,",
        "            label_file=..., use='kept')",
    ]


def noise_source(estimate: LabelEstimate) -> str:
    """What the noise rate was estimated from."""
    count = int(estimate.drawn.sum())
    return _DRAWN.format(count=count) if count >= FEWEST_DRAWN else _SOURCE


def _outlook(estimate: LabelEstimate) -> list[str]:
    """How far the marks of random samples go; nothing where there are none."""
    drawn, size = estimate.drawn, len(estimate.given)
    count = int(drawn.sum())
    if count >= FEWEST_DRAWN:
        return [rate_outlook(*estimate.noise_rate(), count, size)]
    wrong = int((estimate.verification[drawn] == 0).sum())
    return [count_outlook(wrong, count, size)] if count else []


def _write_report(
    found: FoundLabels,
    network: FeatureNetwork,
    out: Path,
    title: str,
    workers: int | None,
) -> None:
    estimate = found.estimate
    present = np.unique(estimate.given.numpy()).tolist()
    rates = {c: NoiseRate.of_error(*estimate.noise_rate(c)) for c in present}
    more: Any = dict(
        nearest=found.nearest,
        title=title,
        method=f'Scored on features of {network.name}, each image by a fit without it.',
        noise_rate=NoiseRate.of_error(*estimate.noise_rate()),
        class_noise_rates=rates,
        noise_source=noise_source(estimate),
    )
    report = label_file_report(out / 'labels.csv', found.samples, **more)
    write_report(report, out, workers=workers or None)


def _write_network(network: FeatureNetwork, out: Path) -> None:
    """What `extract` and `join` take."""
    loader = image_loader(network.pipeline, batch_size=64)
    parts = dict(test_dataloader=loader, test_evaluator=dict(type='Accuracy', topk=1))
    scope = dict(default_scope='mmpretrain')
    config = Config(dict(model=network.config, **parts, **scope))
    write_model(config, network.model.state_dict(), out / 'network.pth')
