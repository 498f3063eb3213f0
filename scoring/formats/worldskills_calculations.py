"""The sheet "Calculations" of a WorldSkills workbook: rules that turn a measured value or a choice into marks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from core.spreadsheets import Sheet
from scoring.engine.exact import decimal_text
from scoring.engine.problems import Problem
from scoring.formats.worldskills_layout import plain_number
from scoring.formats.xlsx_cells import cell_at, cell_problem, normal_heading

DIFFERENCE = "REGULAR_DIFFERENCE_DEDUCTION"
CHOICE = "CHOICE"

_PAIR, _UNIT, _PARAMETER = ":::", "#x~x#", "#-#"


@dataclass(frozen=True, slots=True)
class Calculation:
    """One rule as the workbook has it.

    Attributes:
        name, type: as written there.
        parameters: key → (number, text); a parameter has one or the other.
        row: its row on the sheet, from 0.
    """

    name: str
    type: str
    parameters: Mapping[str, tuple[Fraction | None, str]] = field(default_factory=dict)
    row: int = 0

    def number(self, key: str, default: Fraction) -> Fraction:
        """The number of a parameter."""
        found = self.parameters.get(key, (None, ""))[0]
        return default if found is None else found

    def text(self, key: str) -> str:
        """The text of a parameter."""
        return self.parameters.get(key, (None, ""))[1]


def read_calculations(sheets: Iterable[Sheet], file: str, problems: list[Problem]) -> list[Calculation]:
    """All rules of the workbook; a type that is not known is a mistake of its row."""
    found = []
    for sheet in sheets:
        if normal_heading(sheet.name) not in {"calculations", "计算规则"}:
            continue
        for row, cells in enumerate(sheet.rows):
            name, kind = cell_at(cells, 0), cell_at(cells, 1)
            if not kind:
                continue
            if kind in _CONVERSIONS:
                found.append(Calculation(name, kind, _parameters(cell_at(cells, 3)), row))
            elif _PAIR in cell_at(cells, 3):
                sentence = f"不认识的计算类型「{kind}」（可用 {DIFFERENCE}、{CHOICE}）"
                problems.append(cell_problem(sentence, file, sheet.name, row, 1))
    return found


def _parameters(text: str) -> dict[str, tuple[Fraction | None, str]]:
    found = {}
    for part in text.split(_PARAMETER):
        key, has_value, value = part.partition(_PAIR)
        if has_value:
            amount, _, words = value.partition(_UNIT)
            found[key.strip()] = (_amount(amount.strip()), words.strip())
    return found


def _amount(text: str) -> Fraction | None:
    """A number as the workbook writes it; zero stands there as ``0E-8``."""
    mantissa, _, exponent = text.partition("E")
    base = plain_number(mantissa)
    if base is None or not exponent:
        return base
    digits = exponent.lstrip("+-")
    if not digits.isdecimal() or len(digits) > 2:
        return None
    return base * Fraction(10) ** int(exponent)


def converted(calculation: Calculation, maximum: Fraction) -> dict[str, Any]:
    """The keys of an aspect with this rule and this maximum, in the scheme's own form."""
    return _CONVERSIONS[calculation.type](calculation, maximum)


def _difference(calculation: Calculation, maximum: Fraction) -> dict[str, Any]:
    """`maximum` at the target, less the deduction for every full step of deviation, never below 0."""
    target = calculation.number("TARGET_VALUE", Fraction(0))
    per = calculation.number("DIFFERENCE", Fraction(1))
    deduction = calculation.number("DEDUCTION", Fraction(0))
    if calculation.text("DIFFERENCE_TYPE").startswith("PERCENT"):
        per = per * abs(target) / 100
    if calculation.text("DEDUCTION_TYPE").startswith("PERCENT"):
        deduction = deduction * maximum / 100
    lost = decimal_text(-deduction)
    rule = {
        "target": decimal_text(target),
        "start": decimal_text(maximum),
        "per": decimal_text(per),
        "over": lost,
        "under": lost,
    }
    return {"kind": "measurement", "max": decimal_text(maximum), "convert": {"deviation": rule}}


def _choice(calculation: Calculation, maximum: Fraction) -> dict[str, Any]:
    """Each label with what remains of `maximum` after its deduction, never below 0."""
    options: dict[str, str] = {}
    position = 1
    while f"CHOICE{position}_LABEL" in calculation.parameters:
        deduction = calculation.number(f"CHOICE{position}_DEDUCTION", Fraction(0))
        if calculation.text("DEDUCTION_TYPE").startswith("PERCENT"):
            deduction = deduction * maximum / 100
        options[calculation.text(f"CHOICE{position}_LABEL")] = decimal_text(max(maximum - deduction, Fraction(0)))
        position += 1
    return {"kind": "choice", "max": decimal_text(maximum), "options": options}


_CONVERSIONS: Mapping[str, Callable[[Calculation, Fraction], dict[str, Any]]] = {
    DIFFERENCE: _difference,
    CHOICE: _choice,
}


def find_calculation(calculations: Iterable[Calculation], reference: str) -> Calculation | None:
    """The rule that an aspect's "Calculation Row" means: its row on the sheet as people count it, or its name."""
    for calculation in calculations:
        if reference in {str(calculation.row + 1), calculation.name}:
            return calculation
    return None
