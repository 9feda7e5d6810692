"""The tools that lists of samples are exchanged with."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from ...formats.label_file import LabelFile
from .cleanlab_issues import read_cleanlab_issues, write_cleanlab_issues
from .fiftyone_labels import read_fiftyone_labels, write_fiftyone_labels
from .label_studio_tasks import read_label_studio_tasks, write_label_studio_tasks

__all__ = ['ADAPTERS', 'Adapter']


class Adapter(NamedTuple):
    """To and from another tool, which need not be installed.

    ``write(file, out, images)`` writes the files of the tool into the folder ``out``
    and returns them; ``images`` is what stands before the paths of the images.
    ``read(path, file)`` returns the list with the answer of the tool.
    """

    write: Callable[[LabelFile, Path, str], list[Path]]
    read: Callable[[Path, LabelFile], LabelFile]
    then: str  # what to do with the files in the tool


ADAPTERS = dict(
    cleanlab=Adapter(
        write_cleanlab_issues,
        read_cleanlab_issues,
        "CleanLearning(...).fit(X, y, label_issues=pandas.read_csv('issues.csv')), or "
        "X[~numpy.load('leave_out.npy')]",
    ),
    fiftyone=Adapter(
        write_fiftyone_labels,
        read_fiftyone_labels,
        "fiftyone.Dataset.from_dir(data_path='.', labels_path='labels.json', "
        "label_field='ground_truth', "
        'dataset_type=fiftyone.types.FiftyOneImageClassificationDataset)',
    ),
    label_studio=Adapter(
        write_label_studio_tasks,
        read_label_studio_tasks,
        'a project with the interface of interface.xml, Import tasks.json; afterwards '
        'Export, JSON',
    ),
)
