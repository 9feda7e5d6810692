"""How a pipeline reads image files."""

from typing import Any, NamedTuple

from mmcv.transforms import LoadImageFromFile

__all__ = ['ImageLoader']


class ImageLoader(NamedTuple):
    """The settings of the pipeline's ``LoadImageFromFile``, else its defaults.

    Attributes:
        reads_files: Whether the pipeline has one; if not, an ``img`` that the dataset
            gives is the image.
        color_type: As in LoadImageFromFile.
        decoder: Its ``imdecode_backend``.
        backend_args: As in LoadImageFromFile.
        skips: Whether a file that cannot be read is replaced by another sample
            (``ignore_empty`` where the dataset is not in ``test_mode``).
    """

    reads_files: bool = False
    color_type: str = 'color'
    decoder: str = 'cv2'
    backend_args: dict | None = None
    skips: bool = False

    @classmethod
    def of(cls, dataset: Any) -> 'ImageLoader':
        """The loader of a dataset."""
        pipeline = getattr(dataset, 'pipeline', None)
        for transform in getattr(pipeline, 'transforms', ()):
            if isinstance(transform, LoadImageFromFile):
                return cls(
                    True,
                    transform.color_type,
                    transform.imdecode_backend,
                    transform.backend_args,
                    transform.ignore_empty and not dataset.test_mode,
                )
        return cls()

    def is_local(self, path: str) -> bool:
        """Whether MMEngine would open the path as a file of this machine."""
        named = (self.backend_args or {}).get('backend', 'local')
        return named == 'local' and '://' not in path
