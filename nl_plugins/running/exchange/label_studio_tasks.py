"""To and from Label Studio: tasks with predictions, and the JSON export.

A task is about ``data.sample_idx``; choices are the names of classes.
"""

from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from ...formats.atomic_file import atomic_write, write_json
from ...formats.json_file import read_json
from ...formats.label_file import LabelFile
from ...formats.undecodable_names import escaped
from .choices import check_paths, with_choices

__all__ = ['read_label_studio_tasks', 'write_label_studio_tasks']

_LOCAL = '/data/local-files/?d='  # what Label Studio calls files in its local storage


def write_label_studio_tasks(file: LabelFile, out: Path, images: str) -> list[Path]:
    """``tasks.json``, the most suspicious first, and the labelling interface.

    Raises:
        ValueError: If a sample has no image file.
    """
    check_paths(file)
    names = _shown_names(file)
    prefix = images if '://' in images else _LOCAL + _quoted(images.strip('/'))
    order = range(len(file)) if file.scores is None else file.scores.argsort()
    tasks = []
    for row in order:
        path, suggested = file.img_paths[row], int(file.suggested_labels[row])
        data: dict[str, Any] = dict(
            image=f'{prefix.rstrip("/")}/{_quoted(path)}',
            sample_idx=int(file.indices[row]),
            path=escaped(path),
            given=names[int(file.given_labels[row])],
            recommended=file.recommended[row],
        )
        choice: dict[str, Any] = dict(from_name='label', to_name='image')
        choice.update(type='choices', value=dict(choices=[names[suggested]]))
        prediction: dict[str, Any] = dict(model_version='nl_plugins', result=[choice])
        if file.scores is not None:
            data['score'] = prediction['score'] = float(file.scores[row])
        tasks.append(dict(data=data, predictions=[prediction]))
    paths = [out / 'tasks.json', out / 'interface.xml']
    write_json(paths[0], tasks)
    choices = ''.join(f'    <Choice value={quoteattr(n)}/>\n' for n in names.values())
    with atomic_write(paths[1]) as stream:
        stream.write(
            '<View>\n  <Text name="given" value="$given"/>\n'
            '  <Image name="image" value="$image"/>\n'
            '  <Choices name="label" toName="image" choice="single">\n'
            f'{choices}  </Choices>\n</View>\n'
        )
    return paths


def read_label_studio_tasks(path: Path, file: LabelFile) -> LabelFile:
    """The samples with what people chose; the last annotation of a task counts.

    Raises:
        ValueError: Naming the task, if it is no such export, of another sample or has
            an unknown or no single choice.
    """
    tasks = read_json(str(path))
    if not isinstance(tasks, list):
        raise ValueError(f'{path} is no JSON export of Label Studio, a list of tasks')
    names = _shown_names(file)
    known = {name: label for label, name in names.items()}
    rows = {index: row for row, index in enumerate(file.indices.tolist())}
    choices = {}
    for number, task in enumerate(tasks):
        found = task.get('data') if isinstance(task, dict) else None
        data = found if isinstance(found, dict) else {}
        index = data.get('sample_idx')
        row = rows.get(index) if isinstance(index, int) else None
        if isinstance(task, dict) and 'sample_idx' in task and 'data' not in task:
            raise ValueError(f'{path} is a JSON-MIN export: export as JSON')
        if row is None or escaped(str(file.img_paths[row])) != data.get('path'):
            raise ValueError(f'{path}: task {number} is about no sample of the list')
        try:
            choice = _choice(task)
            if choice is not None:
                choices[row] = known[choice]
        except KeyError as error:
            problem = f'has {error}, which is no class'
            raise ValueError(f'{path}: task {number} {problem}') from error
        except ValueError as error:
            raise ValueError(f'{path}: task {number} {error}') from error
        except (TypeError, AttributeError) as error:
            problem = f'is not as Label Studio exports it ({error})'
            raise ValueError(f'{path}: task {number} {problem}') from error
    return with_choices(file, choices)


def _choice(task: dict) -> str | None:
    """What was chosen last; None if nobody did."""
    annotations = [
        annotation
        for annotation in task.get('annotations') or []
        if isinstance(annotation, dict) and not annotation.get('was_cancelled')
    ]
    annotations.sort(key=lambda annotation: str(annotation.get('updated_at', '')))
    for annotation in reversed(annotations):
        for result in annotation.get('result') or []:
            if isinstance(result, dict) and result.get('type') == 'choices':
                chosen = (result.get('value') or {}).get('choices')
                if not (isinstance(chosen, list) and [*map(type, chosen)] == [str]):
                    raise ValueError(f'has {chosen!r}, not one choice')
                return chosen[0]
    return None


def _shown_names(file: LabelFile) -> dict[int, str]:
    """Of all labels that the list knows, by number."""
    names = file.class_names
    labels = {*names, *file.given_labels.tolist(), *file.suggested_labels.tolist()}
    return {label: escaped(names.get(label, str(label))) for label in sorted(labels)}


def _quoted(path: str) -> str:
    return quote(path.encode('utf-8', 'surrogateescape'))
