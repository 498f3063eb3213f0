"""Invented marks: valid under the scheme, better for the more skilled, a little different from judge to judge."""

import random
from fractions import Fraction
from math import floor

from scoring.engine.exact import decimal_text
from scoring.engine.scheme import Entry, Node
from scoring.engine.stopwatch import time_text

FASTEST, SLOWEST = 7_800_000, 12_600_000
"""Milliseconds of an invented time: who can do most is done first."""


def invented_mark(aspect: Node, skill: float, dice: random.Random) -> str | None:
    """A mark as a judge would type it, or None for what is only entered when it happens.

    Args:
        aspect: what is marked.
        skill: 0 to 1.
        dice: where chance comes from.
    """
    entry = aspect.entry
    if entry is None or aspect.kind in ("disqualification", "veto"):
        return None
    if entry.options:
        return _option(entry, skill, dice)
    if aspect.kind == "deduction":
        return "1" if dice.random() > skill + 0.1 else "0"
    if aspect.kind == "measurement":
        return _measured(entry, skill, dice)
    if aspect.kind == "judgement":
        level = round(3 * skill + dice.gauss(0, 0.35))
        if aspect.panel is not None and aspect.panel.spread is not None:
            level = min(max(level, floor(3 * skill)), floor(3 * skill) + 1)  # judges who agree within one
        return str(min(3, max(0, level)))
    return _grid(entry, min(1.0, max(0.0, skill + dice.gauss(0, 0.05))))


def _measured(entry: Entry, skill: float, dice: random.Random) -> str:
    if entry.is_time:
        return time_text(SLOWEST - int((SLOWEST - FASTEST) * skill) + dice.randrange(120_000), entry.step)
    return _grid(entry, abs(dice.gauss(0, 1.1 - skill)) / 12, cap=0.3)


def _option(entry: Entry, skill: float, dice: random.Random) -> str:
    by_value = {value: label for label, value in reversed(entry.options)}  # of many spellings the first
    ordered = [by_value[value] for value in sorted(by_value, reverse=True)]
    step = 0 if dice.random() < skill else 1
    return ordered[min(step, len(ordered) - 1)]


def _grid(entry: Entry, part: float, cap: float = 1.0) -> str:
    """A value that lies `part` of the way between the bounds, on the steps of the entry."""
    low, high = entry.low or Fraction(0), entry.high if entry.high is not None else Fraction(5)
    step = entry.step or Fraction(1)
    steps = int((high - low) / step * Fraction(min(part, cap)).limit_denominator(1000))
    return decimal_text(low + steps * step)
