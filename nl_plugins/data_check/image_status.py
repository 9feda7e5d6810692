"""In which states an image can be."""

from enum import IntEnum

__all__ = ['ImageProblem', 'ImageStatus']


class ImageStatus(IntEnum):
    """The state of an image; the value fits in a byte."""

    OK = 0
    MISSING = 1  # nothing is where the annotation says
    UNREADABLE = 2  # something is, but no content can be read
    UNDECODABLE = 3  # the content is no image to the pipeline
    PARTIAL = 4  # some of the content is lost, and the pipeline fills it in
    UNKNOWN = 5  # the annotation does not say where the image is


class ImageProblem(Exception):
    """Raised for an image that is not OK; the message says why."""

    def __init__(self, status: ImageStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status
