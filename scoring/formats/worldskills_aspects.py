"""The row of an aspect in a WorldSkills workbook as keys of a scheme document: type, code, marks and rules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from core.messages import said
from core.spreadsheets import Sheet
from scoring.engine.exact import decimal_text
from scoring.engine.problems import Problem
from scoring.formats.worldskills_calculations import Calculation, converted, find_calculation
from scoring.formats.worldskills_layout import Block, TypedRow, plain_number
from scoring.formats.xlsx_cells import cell_problem

PANEL = "three-experts"

_SECTION = re.compile(r"(?:wsos|wsss|section)?\s*([\w.]+)", re.IGNORECASE)
_TYPE = re.compile(r"([A-Z]|测量|评判|评价)\s*(\d{1,4})?")
_TYPES: Mapping[str, str] = {"M": "M", "J": "J", "O": "M", "测量": "M", "评判": "J", "评价": "J"}
"""O is what measurement was called before 2015 (objective)."""
_POINTS = ("0", "1", "2", "3")


class Mistakes:
    """Mistakes of one sheet, each at its row and at the column that the block being read has for it."""

    def __init__(self, file: str, sheet: Sheet, problems: list[Problem]) -> None:
        self._file = file
        self._sheet = sheet
        self._problems = problems
        self.block: Block | None = None

    def add(self, row: int, column: str, message: str) -> None:
        """Note one.

        Args:
            row: from 0.
            column: by the name that `worldskills_layout` gives it.
            message: what is wrong.
        """
        columns = self.block.columns if self.block else {}
        self._problems.append(cell_problem(message, self._file, self._sheet.name, row, columns.get(column)))


class AspectRows:
    """What rows of aspects say, and the codes and calculations that they have used so far."""

    def __init__(self, mistakes: Mistakes, calculations: Sequence[Calculation], sections: Sequence[TypedRow]) -> None:
        self._mistakes = mistakes
        self._calculations = calculations
        self._sections = {line.code for line in sections}
        self._codes: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self.used: set[str] = set()
        """Names of the calculations that aspects refer to."""

    def begin(self) -> None:
        """Number from 1 again: a sub criterion begins."""
        self._numbers = {}

    def keys(self, row: int, cells: Mapping[str, str], sub: str | None) -> dict[str, Any] | None:
        """The aspect as a scheme document has it, None where a mistake stands in the way.

        Args:
            row: from 0.
            cells: what stands in the row, by column.
            sub: code of the sub criterion in which it stands, None outside of all.
        """
        match = _TYPE.fullmatch(cells["type"].upper())
        kind = _TYPES.get(match.group(1)) if match else None
        if kind is None:
            told = said("评分项类型应为 M（测量）或 J（评判），不能是「%(type)s」", type=cells["type"][:40])
            self._mistakes.add(row, "type", told)
        if "description" not in cells:
            self._mistakes.add(row, "description", said("评分项缺少描述"))
        maximum = self._maximum(row, cells)
        if sub is None:
            self._mistakes.add(row, "type", said("此评分项不在任何子标准之下"))
        if kind is None or match is None or maximum is None or sub is None:
            return None
        keys: dict[str, Any] = {
            "code": self._code(row, f"{sub}.{kind}", match.group(2)),
            "label": cells.get("description", ""),
            "level": "aspect",
            **self._rules(row, cells, kind, maximum),
        }
        return {**keys, **self._standard(row, cells)}

    def _code(self, row: int, stem: str, given: str | None) -> str:
        """The aspect's code: numbered as the short form gives it (`M12`), else within its sub criterion."""
        number = self._numbers[stem] = int(given) if given else self._numbers.get(stem, 0) + 1
        code = f"{stem}{number}"
        if code in self._codes:
            told = said("评分项「%(code)s」重复（第 %(codes)s 行已有）", code=code, codes=self._codes[code] + 1)
            self._mistakes.add(row, "type", told)
        self._codes.setdefault(code, row)
        return code

    def _maximum(self, row: int, cells: Mapping[str, str]) -> Fraction | None:
        found = plain_number(cells.get("max", ""))
        if "max" not in cells:
            self._mistakes.add(row, "max", said("评分项缺少最高分"))
        elif found is None or found <= 0:
            told = said("最高分应为大于 0 的数，不能是「%(max)s」", max=cells["max"][:40])
            self._mistakes.add(row, "max", told)
            return None
        return found

    def _rules(self, row: int, cells: Mapping[str, str], kind: str, maximum: Fraction) -> dict[str, Any]:
        full = decimal_text(maximum)
        if kind == "J":
            rules = {"kind": "judgement", "max": full, "panel": PANEL, "round": "2", "benchmarks_required": True}
            return {**rules, "benchmarks": {}}
        reference = cells.get("calculation", "")
        calculation = find_calculation(self._calculations, reference) if reference else None
        if calculation is not None:
            self.used.add(calculation.name)
            return converted(calculation, maximum)
        if reference and self._calculations:
            self._mistakes.add(
                row,
                "calculation",
                said("工作表 Calculations 中没有第 %(reference)s 行或名为「%(reference)s」的计算", reference=reference),
            )
        return {"kind": "points", "max": full, "step": "0.01", "entry": {"words": {"是": full, "否": "0"}}}

    def _standard(self, row: int, cells: Mapping[str, str]) -> dict[str, str]:
        if "section" not in cells:
            return {}
        match = _SECTION.fullmatch(cells["section"])
        code = match.group(1) if match else cells["section"]
        if self._sections and code not in self._sections:
            self._mistakes.add(row, "section", said("标准中没有第 %(code)s 节", code=code))
        return {"standard": code}

    def benchmark(self, row: int, cells: Mapping[str, str], aspect: Mapping[str, Any] | None) -> None:
        """Put what a judgement score means beside the others of its aspect.

        Args:
            row: from 0.
            cells: what stands in the row, with a score.
            aspect: keys of the aspect above, None where there is none.
        """
        benchmarks = aspect.get("benchmarks") if aspect else None
        score = cells["score"]
        if benchmarks is None:
            self._mistakes.add(row, "score", said("评判分的描述不在任何评判项（J）之下"))
        elif score not in _POINTS:
            self._mistakes.add(row, "score", said("评判分应为 0、1、2、3，不能是「%(score)s」", score=score[:40]))
        elif score in benchmarks:
            self._mistakes.add(row, "score", said("评判分 %(score)s 的描述重复", score=score))
        elif "extra" not in cells:
            self._mistakes.add(row, "extra", said("评判分 %(score)s 缺少描述", score=score))
        else:
            benchmarks[score] = cells["extra"]

    def close(self, row: int, aspect: Mapping[str, Any]) -> None:
        """All rows of an aspect were read: a judgement must say what each of its scores means.

        Args:
            row: where the aspect begins, from 0.
            aspect: its keys.
        """
        lacking = [point for point in _POINTS if point not in aspect.get("benchmarks", _POINTS)]
        if lacking:
            told = said(
                "评判项「%(code)s」缺少评判分 %(points)s 的描述", code=aspect["code"], points="、".join(lacking)
            )
            self._mistakes.add(row, "score", told)
