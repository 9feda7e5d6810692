"""In which states an image can be, and what to do about it."""

from enum import IntEnum

__all__ = ['ADVICE', 'DECODED', 'SKIPPABLE', 'ImageStatus']


class ImageStatus(IntEnum):
    """The state of an image; the value fits in a byte."""

    OK = 0
    MISSING = 1
    DIRECTORY = 2
    FORBIDDEN = 3
    UNREADABLE = 4
    EMPTY = 5
    UNDECODABLE = 6
    TRUNCATED = 7
    PARTIAL = 8
    ABSENT = 9
    MALFORMED = 10
    UNKNOWN = 11


_RESTORE = 'fetch it again, or take its line out of the annotations'

# What is wrong with them (after "n images"), and what to do.
ADVICE = {
    ImageStatus.MISSING: (
        'are missing',
        'restore them, or take their lines out of the annotations; where all are '
        'missing, mend `data_root` or `data_prefix`',
    ),
    ImageStatus.DIRECTORY: (
        'are directories that are named like an image',
        'put the image in the place of the directory, or take its line out of the '
        'annotations',
    ),
    ImageStatus.FORBIDDEN: (
        'may not be read by this user',
        'give read permission (`chmod +r FILE`; a folder needs `chmod +rx`)',
    ),
    ImageStatus.UNREADABLE: (
        'cannot be read',
        'look at the disk or network, and whether it is a file: ' + _RESTORE,
    ),
    ImageStatus.EMPTY: ('are empty files (0 bytes)', _RESTORE),
    ImageStatus.UNDECODABLE: (
        "cannot be decoded by the pipeline's loader",
        'the content is no image, or one that the loader does not know: ' + _RESTORE,
    ),
    ImageStatus.TRUNCATED: (
        "are truncated or damaged, and cannot be decoded by the pipeline's loader",
        _RESTORE,
    ),
    ImageStatus.PARTIAL: (
        'are truncated or damaged: what is lost is filled by the loader',
        _RESTORE,
    ),
    ImageStatus.ABSENT: (
        'are not there: the samples have neither `img_path` nor `img`',
        'let the dataset give one of the two',
    ),
    ImageStatus.MALFORMED: (
        'are arrays that are no image: not two- or three-dimensional, empty, not of '
        'numbers, or not finite',
        'mend the arrays of the dataset',
    ),
    ImageStatus.UNKNOWN: (
        'are not known, because `get_data_info` of the dataset fails',
        'follow its message: mend what the annotation of the sample is read from',
    ),
}

# Only decoding tells.
DECODED = frozenset(
    {
        ImageStatus.UNDECODABLE,
        ImageStatus.TRUNCATED,
        ImageStatus.PARTIAL,
        ImageStatus.MALFORMED,
    }
)

# `ignore_empty=True` of LoadImageFromFile lets another sample take the place.
SKIPPABLE = frozenset(
    {
        ImageStatus.MISSING,
        ImageStatus.DIRECTORY,
        ImageStatus.FORBIDDEN,
        ImageStatus.UNREADABLE,
        ImageStatus.EMPTY,
    }
)
