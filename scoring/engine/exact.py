"""Exact numbers: decimal text in, fractions inside, decimal text out, and rounding by name. Never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from core.errors import InvalidInputError

_NUMBER = re.compile(r"[+-]?(?:\d{1,18}(?:\.\d{1,18})?|\.\d{1,18})", re.ASCII)

HALF_UP = "half_up"
MODES = (
    HALF_UP,
    "half_even",
    "half_down",
    "half_ceiling",
    "half_floor",
    "up",
    "down",
    "ceiling",
    "floor",
)
"""half_up and half_down look away from and towards zero; half_ceiling and half_floor towards +∞ and −∞;
up and down are away from zero and towards zero (truncation)."""


class NotANumberError(InvalidInputError):
    """Text that is not a plain decimal number."""

    code = "not_a_number"


def number(text: str) -> Fraction:
    """The exact value of a plain decimal such as ``-2.10``.

    Raises:
        NotANumberError: exponents, thousands separators, full-width digits, words: nothing is guessed.
    """
    stripped = text.strip()
    if not _NUMBER.fullmatch(stripped):
        raise NotANumberError("「%(text)s」不是十进制数", text=stripped[:40])
    whole, _, decimals = stripped.partition(".")
    return Fraction(int(whole + decimals), 10 ** len(decimals))


@dataclass(frozen=True, slots=True)
class Rounding:
    """How a value is rounded.

    Attributes:
        quantum: results are whole multiples of this (1/100 for two places).
        mode: one of MODES.
        places: decimal places to show.
    """

    quantum: Fraction
    mode: str = HALF_UP
    places: int = 0

    @classmethod
    def to_places(cls, places: int, mode: str = HALF_UP) -> Rounding:
        """Rounding to so many decimal places."""
        return cls(Fraction(1, 10**places), mode, places)


def rounds_away_from_floor(mode: str, negative: bool, odd: bool, half: int) -> bool:
    """Whether a value strictly between two multiples goes to the upper one.

    Args:
        mode: one of MODES.
        negative: the value is below zero.
        odd: the lower multiple is odd.
        half: −1, 0 or 1 as the value is below, at or above the middle.
    """
    directed = {"ceiling": True, "floor": False, "up": not negative, "down": negative}
    if mode in directed:
        return directed[mode]
    if half:
        return half > 0
    at_the_middle = {
        HALF_UP: not negative,
        "half_down": negative,
        "half_even": odd,
        "half_ceiling": True,
        "half_floor": False,
    }
    return at_the_middle[mode]


def round_exact(value: Fraction, rounding: Rounding) -> Fraction:
    """`value` rounded; exact multiples stay as they are."""
    units = value / rounding.quantum
    whole, rest = divmod(units.numerator, units.denominator)
    if rest == 0:
        return value
    half = (2 * rest > units.denominator) - (2 * rest < units.denominator)
    return (whole + rounds_away_from_floor(rounding.mode, value < 0, bool(whole % 2), half)) * rounding.quantum


def terminates(value: Fraction) -> bool:
    """Whether `value` has a finite decimal expansion."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def decimal_text(value: Fraction, places: int = 0) -> str:
    """`value` as a decimal string with at least `places` decimals.

    A value without a finite expansion (a mean of three that no rule rounds) is cut to ten decimals, half
    up, for reading only; reckoning goes on with the exact value.
    """
    if not terminates(value):
        value, places = round_exact(value, Rounding.to_places(10)), max(places, 10)
    digits = 0
    while value.denominator != 1 and (value * 10**digits).denominator != 1:
        digits += 1
    digits = max(digits, places)
    whole = abs(value.numerator) * 10**digits // value.denominator
    sign = "-" if value < 0 else ""
    if digits == 0:
        return f"{sign}{whole}"
    return f"{sign}{whole // 10**digits}.{whole % 10**digits:0{digits}d}"
