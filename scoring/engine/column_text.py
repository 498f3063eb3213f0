"""Decimal text of whole columns, as `exact.decimal_text` writes one number: bytes in rows, 0 where there is nothing."""

from __future__ import annotations

import numpy as np

from scoring.engine import whole
from scoring.engine.columns import Array, Column, as_fractions, compare, rounded
from scoring.engine.exact import Rounding, decimal_text, terminates

READABLE = 10
"""Decimals to which a number without a finite expansion is cut."""

_MOST = 18
"""Decimals that are counted in one int64."""

_ZERO, _DOT, _MINUS = 48, 46, 45


def text_rows(texts: list[str]) -> Array:
    """Given texts as rows of bytes."""
    encoded = np.array([text.encode() for text in texts], dtype=np.bytes_)
    width = encoded.dtype.itemsize
    return encoded.view(np.uint8).reshape(len(texts), width) if width else np.zeros((len(texts), 0), dtype=np.uint8)


def whole_rows(numbers: Array) -> Array:
    """Positive whole numbers as rows of bytes; a row is empty where the number is 0."""
    return np.where((numbers > 0)[:, None], _written(numbers, 0, 0, 0), 0).astype(np.uint8)


def decimal_rows(column: Column, places: int) -> Array:
    """Every value as `exact.decimal_text` writes it.

    Args:
        column: the values.
        places: decimals that are always shown.

    Returns:
        One row of bytes a value; zero bytes stand for nothing.
    """
    digits = _finite_digits(column)
    if digits is not None and _fits(column, digits):
        return _written(column.num.values * (10**digits // column.den), digits, places, places)
    cut = rounded(column, Rounding.to_places(READABLE))
    if not _fits(cut, READABLE):
        return text_rows([decimal_text(value, places) for value in as_fractions(column)])
    is_exact = compare(column, cut) == 0
    shown = np.where(is_exact, places, max(places, READABLE))
    found = _written(cut.num.values * (10**READABLE // cut.den), READABLE, max(places, READABLE), shown)
    return _with_longer(found, column, np.flatnonzero(~is_exact), places)


def _finite_digits(column: Column) -> int | None:
    """Decimals that show every value of the column; None if there may be values that none would show."""
    if column.below is not None or not column.num.is_narrow:
        return None
    for digits in range(_MOST + 1):
        if 10**digits % column.den == 0:
            return digits
    return None


def _fits(column: Column, digits: int) -> bool:
    if column.below is not None or not column.num.is_narrow or 10**digits % column.den:
        return False
    factor = 10**digits // column.den
    return whole.fits(column.num.low * factor, column.num.high * factor)


def _with_longer(found: Array, column: Column, rows: Array, places: int) -> Array:
    """The text with those rows written anew whose value has a finite expansion, but a longer one.

    Args:
        found: the text.
        column: the values.
        rows: those that were cut.
        places: decimals that are always shown.
    """
    if column.below is None and column.num.is_narrow:
        rows = rows[column.num.values[rows] % _without_tens(column.den) == 0]
    values = zip(rows.tolist(), as_fractions(column.take(rows)), strict=True)
    longer = {row: decimal_text(value, places) for row, value in values if terminates(value)}
    if not longer:
        return found
    texts = text_rows(list(longer.values()))
    made = np.zeros((len(found), max(found.shape[1], texts.shape[1])), dtype=np.uint8)
    made[:, : found.shape[1]] = found
    chosen = np.array(list(longer))
    made[chosen] = 0
    made[chosen, : texts.shape[1]] = texts
    return made


def endless(column: Column) -> dict[int, str]:
    """The fraction of every row whose value no decimals show."""
    if _finite_digits(column) is not None:
        return {}
    rows = np.arange(len(column))
    if column.below is None and column.num.is_narrow:
        rows = np.flatnonzero(column.num.values % _without_tens(column.den) != 0)
    values = zip(rows.tolist(), as_fractions(column.take(rows)), strict=True)
    return {row: str(value) for row, value in values if not terminates(value)}


def _without_tens(den: int) -> int:
    """What is left of a denominator without its factors 2 and 5."""
    for prime in (2, 5):
        while den % prime == 0:
            den //= prime
    return den


def _written(units: Array, digits: int, width: int, shown: Array | int) -> Array:
    """Numbers counted in units of 10 ** −digits.

    Args:
        units: the numbers.
        digits: decimals that the units have.
        width: decimals that there is room for, at least.
        shown: decimals that are shown even where they are 0.
    """
    size = np.abs(units)
    wholes, rest = np.divmod(size, 10**digits)
    places = len(str(int(wholes.max(initial=0))))
    width = max(digits, width)
    found = np.zeros((len(units), 2 + places + width), dtype=np.uint8)
    found[:, 0] = np.where(units < 0, _MINUS, 0)
    for place in range(places):
        wholes, digit = np.divmod(wholes, 10)
        found[:, places - place] = digit + _ZERO
        if place:
            found[:, places - place] *= size >= 10 ** (digits + place)
    count = np.maximum(_decimals(rest, digits, shown), shown)
    found[:, 1 + places] = np.where(count > 0, _DOT, 0)
    for place in range(width):
        at = 2 + places + width - 1 - place
        if place < width - digits:
            found[:, at] = _ZERO
        else:
            rest, digit = np.divmod(rest, 10)
            found[:, at] = digit + _ZERO
        found[:, at] *= count >= width - place
    return found


def _decimals(rest: Array, digits: int, shown: Array | int) -> Array:
    """How many decimals a number has until only zeros follow."""
    count = np.full(len(rest), digits, dtype=np.int64)
    if np.min(shown, initial=digits) >= digits:
        return count
    for place in range(1, digits + 1):
        count -= rest % 10**place == 0
    return count
