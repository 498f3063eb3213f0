"""A signature's path as strokes: what a finger drew on a tablet, ready to be drawn anywhere."""

import re

WIDTH, HEIGHT = 600, 200
"""The box in which tablets draw."""
_STEP = re.compile(r"([ML])(\d{1,4}) (\d{1,4})", re.ASCII)

Point = tuple[int, int]


def strokes(path: str) -> list[list[Point]]:
    """The strokes of an SVG path of M and L steps; a point stands in its stroke twice, so that a dot is drawn.

    Anything else in the path is left out: a signature is a picture, and half of it is more than none.

    Args:
        path: as tablets send it, such as ``M10 20L30 40``.
    """
    found: list[list[Point]] = []
    for command, x, y in _STEP.findall(path):
        if command == "M" or not found:
            found.append([])
        found[-1].append((min(int(x), WIDTH), min(int(y), HEIGHT)))
    return [stroke if len(stroke) > 1 else stroke * 2 for stroke in found]
