"""How far judges agree: Kendall's W, intraclass correlations and Krippendorff's alpha, all as exact fractions.

Sources of the formulas: M. G. Kendall, J. D. Gibbons, Rank Correlation Methods (5th ed. 1990), ch. 6, with the
correction for ties; K. O. McGraw, S. P. Wong, Forming inferences about some intraclass correlation coefficients,
Psychological Methods 1 (1996), table 4, two-way models, absolute agreement; K. Krippendorff, Content Analysis (4th ed.
2018), ch. 12. Every measure here is a ratio of sums of squares, so no root and no float is needed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import accumulate
from math import lcm

Table = Sequence[Sequence[Fraction]]
"""Marks of a complete panel: a row for each performance, a column for each judge."""

Units = Sequence[Sequence[Fraction]]
"""Marks of each performance, as many as there are; missing ones are left out."""


def whole_numbers(values: Iterable[Fraction]) -> tuple[list[int], int]:
    """The values multiplied by their common denominator, and that denominator; whole numbers reckon much faster."""
    listed = list(values)
    denominator = lcm(*(value.denominator for value in listed))
    return [value.numerator * (denominator // value.denominator) for value in listed], denominator


def _whole_table(table: Table) -> list[list[int]]:
    flat, _ = whole_numbers(value for row in table for value in row)
    width = len(table[0])
    return [flat[start : start + width] for start in range(0, len(flat), width)]


def average_ranks(values: Sequence[int]) -> list[int]:
    """Twice the rank of each value, 2 for the least; equal values share the mean of their ranks."""
    counts = Counter(values)
    ranks: dict[int, int] = {}
    below = 0
    for value in sorted(counts):
        ranks[value] = 2 * below + counts[value] + 1
        below += counts[value]
    return [ranks[value] for value in values]


def kendall_w(table: Table) -> Fraction | None:
    """Kendall's coefficient of concordance, corrected for ties: W = 12 S / (m²(n³ − n) − m ΣT).

    Args:
        table: at least two performances and two judges.

    Returns:
        From 0 (no agreement on the order) to 1 (all judges have the same order); None where it is not defined,
        as with fewer performances or where every judge gave everybody the same mark.
    """
    if len(table) < 2 or len(table[0]) < 2:
        return None
    whole = _whole_table(table)
    n, m = len(whole), len(whole[0])
    columns = [average_ranks([row[judge] for row in whole]) for judge in range(m)]
    sums = [sum(column[row] for column in columns) for row in range(n)]
    mean = m * (n + 1)
    spread = Fraction(sum((total - mean) ** 2 for total in sums), 4)
    ties = sum(count**3 - count for column in columns for count in Counter(column).values())
    below = m * m * (n**3 - n) - m * ties
    return 12 * spread / below if below else None


def intraclass(table: Table) -> tuple[Fraction | None, Fraction | None]:
    """ICC(A,1) and ICC(A,k): absolute agreement of one judge's marks, and of the panel's mean.

    Args:
        table: at least two performances and two judges.

    Returns:
        1 for full agreement, 0 or less for none; None where it is not defined, as where all marks are equal.
    """
    if len(table) < 2 or len(table[0]) < 2:
        return None, None
    whole = _whole_table(table)
    n, k = len(whole), len(whole[0])
    total = sum(sum(row) for row in whole)
    correction = Fraction(total * total, n * k)
    all_squares = sum(value * value for row in whole for value in row) - correction
    rows = Fraction(sum(sum(row) ** 2 for row in whole), k) - correction
    columns = Fraction(sum(sum(row[judge] for row in whole) ** 2 for judge in range(k)), n) - correction
    ms_rows = rows / (n - 1)
    ms_columns = columns / (k - 1)
    ms_error = (all_squares - rows - columns) / ((n - 1) * (k - 1))
    single = ms_rows + (k - 1) * ms_error + Fraction(k, n) * (ms_columns - ms_error)
    mean = ms_rows + (ms_columns - ms_error) / n
    above = ms_rows - ms_error
    return above / single if single else None, above / mean if mean else None


def alpha_interval(units: Units) -> Fraction | None:
    """Krippendorff's alpha with squared differences of the marks; missing marks are admitted.

    Returns:
        1 for full agreement, 0 for what chance gives; None where it is not defined, as where all marks are equal.
    """
    pairable = [unit for unit in units if len(unit) > 1]
    flat, _ = whole_numbers(value for unit in pairable for value in unit)
    return _alpha(_regrouped(flat, pairable))


def alpha_ordinal(units: Units) -> Fraction | None:
    """Krippendorff's alpha for ordered marks; see `alpha_interval`.

    The ordinal distance of two marks is the number of marks between them, half of each of the two included. That is
    the difference of their places in the ordered list of all marks, so the interval formula serves with the places.
    """
    pairable = [unit for unit in units if len(unit) > 1]
    flat, _ = whole_numbers(value for unit in pairable for value in unit)
    counts = Counter(flat)
    ordered = sorted(counts)
    ends = accumulate(counts[value] for value in ordered)
    places = {value: 2 * end - counts[value] for value, end in zip(ordered, ends, strict=True)}
    return _alpha(_regrouped([places[value] for value in flat], pairable))


def _regrouped(flat: Sequence[int], units: Units) -> list[Sequence[int]]:
    ends = list(accumulate(len(unit) for unit in units))
    return [flat[end - len(unit) : end] for end, unit in zip(ends, units, strict=True)]


def _alpha(units: Sequence[Sequence[int]]) -> Fraction | None:
    """1 − observed ÷ expected disagreement; Σᵢ<ⱼ (xᵢ − xⱼ)² = n Σx² − (Σx)² spares the pairs."""
    flat = [value for unit in units for value in unit]
    count = len(flat)
    expected = Fraction(_pairs(flat), count - 1) if count > 1 else Fraction(0)
    if not expected:
        return None
    observed = sum((Fraction(_pairs(unit), len(unit) - 1) for unit in units), Fraction(0))
    return 1 - observed / expected


def _pairs(values: Sequence[int]) -> int:
    return len(values) * sum(value * value for value in values) - sum(values) ** 2
