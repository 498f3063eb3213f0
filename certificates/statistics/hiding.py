"""Keeps small counts out of figures that leave the house: a 1 beside a unit's name is a person.

What is hidden must not come back by subtraction: where the total is known, the hidden parts together hide each other.
"""

from collections.abc import Sequence

LEAST = 3
"""A count below this, and above zero, could be somebody."""


def is_small(count: int) -> bool:
    """Whether a count could be one or two persons."""
    return 0 < count < LEAST


def hidden(parts: Sequence[int]) -> tuple[bool, ...]:
    """Which parts of a known total are not shown.

    Args:
        parts: counts that add up to a total which is shown too.

    Returns:
        One truth value a part. Small parts are hidden; where they alone could be reckoned back from the total, the
        next smallest part goes with them. A total that is small itself hides all that is in it.
    """
    if is_small(sum(parts)):
        return tuple(part > 0 for part in parts)
    out = {index for index, part in enumerate(parts) if is_small(part)}
    others = sorted((index for index in range(len(parts)) if parts[index] >= LEAST), key=lambda index: parts[index])
    # One hidden part is total minus the rest; several that make less than LEAST together say as much.
    while out and (len(out) < 2 or sum(parts[index] for index in out) < LEAST) and others:
        out.add(others.pop(0))
    return tuple(index in out for index in range(len(parts)))
