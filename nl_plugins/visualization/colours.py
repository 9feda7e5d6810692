"""Colours and line styles that are told apart with any kind of colour vision."""

from typing import Any

__all__ = ['COLOURS', 'CORRECT', 'HIGHLIGHT', 'NEUTRAL', 'WRONG', 'line_style']

# Okabe and Ito's palette.
COLOURS = ('#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000')
CORRECT, WRONG, HIGHLIGHT, NEUTRAL = '#0072B2', '#D55E00', '#D7191C', '#767676'


def line_style(number: int) -> dict[str, Any]:
    """Colour, marker and dashes of a line of a plot."""
    place, dashes = number % len(COLOURS), ('-', '--', ':')[number // len(COLOURS) % 3]
    return dict(color=COLOURS[place], marker='os^DvPX'[place], linestyle=dashes)
