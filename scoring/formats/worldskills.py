"""WorldSkills marking scheme workbooks, full or short form, as a scheme of this system; every sum is made anew."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from core.messages import said
from core.spreadsheets import Sheet
from scoring.engine.exact import decimal_text
from scoring.engine.problems import Path, Problem, SchemeError
from scoring.engine.scheme import Scheme
from scoring.engine.scheme_document import read_document
from scoring.formats.worldskills_calculations import Calculation, converted, find_calculation, read_calculations
from scoring.formats.worldskills_layout import (
    Block,
    TypedRow,
    criterion_rows,
    find_blocks,
    plain_number,
    section_rows,
    workbook_title,
)
from scoring.formats.worldskills_warnings import Workbook, workbook_warnings
from scoring.formats.xlsx_cells import cell_problem

PANEL = "three-experts"
REQUIREMENT = "要求："
"""Begins the line of a description that holds the workbook's requirement."""

_SUB_ID = re.compile(r"([A-Z]{1,2})\d{1,3}")
_SECTION = re.compile(r"(?:wsos|wsss|section)?\s*([\w.]+)", re.IGNORECASE)
_TYPE = re.compile(r"([A-Z]|测量|评判|评价)\s*(\d{1,4})?")
_TYPES: Mapping[str, str] = {"M": "M", "J": "J", "O": "M", "测量": "M", "评判": "J", "评价": "J"}
"""O is what measurement was called before 2015 (objective)."""


def is_worldskills(sheets: Sequence[Sheet]) -> bool:
    """Whether the workbook has a sheet with the headings of a WorldSkills marking scheme."""
    return any(find_blocks(sheet) for sheet in sheets)


def read_worldskills(sheets: Sequence[Sheet], name: str) -> tuple[Scheme, tuple[str, ...]]:
    """The scheme of a workbook, and what a chief judge should know of it.

    Args:
        sheets: as read; the first with the headings of a marking scheme is taken.
        name: of the file, for messages.

    Raises:
        SchemeError: with every mistake, its sheet, row and column.
    """
    blocks = next(blocks for sheet in sheets if (blocks := find_blocks(sheet)))
    sheet = blocks[0].sheet
    problems: list[Problem] = []
    calculations = read_calculations(sheets, name, problems)
    reading = _Reading(name, sheet, calculations, problems)
    reading.sections = section_rows(sheet, blocks[0].header)
    reading.criteria = criterion_rows(sheet, blocks[0].header)
    for block in blocks:
        reading.read(block)
    if problems:
        raise SchemeError(problems)
    document, places = reading.document(workbook_title(sheet, blocks[0].header) or name)
    scheme, mistakes = read_document(document)
    if scheme is None:
        raise SchemeError([_placed(mistake, places, name, sheet.name) for mistake in mistakes])
    typed = (*reading.criteria, *reading.subtotals)
    book = Workbook(sheet, tuple(reading.sections), typed, tuple(calculations), reading.used)
    return scheme, tuple(workbook_warnings(scheme, book))


def _placed(problem: Problem, places: Mapping[Path, int], file: str, sheet: str) -> Problem:
    path = problem.path
    while path and path not in places:
        path = path[:-1]
    if path not in places:
        return problem.at(f"{file}!{sheet}", None)
    return problem.at(f"{file}!{sheet}", places[path] + 1)


@dataclass
class _Open:
    """A sub criterion, a group or an aspect that is being filled.

    Attributes:
        keys: its keys in the scheme document.
        row: where it begins.
        parts: what stands beneath it.
    """

    keys: dict[str, Any]
    row: int
    parts: list[_Open] = field(default_factory=list)

    def document(self, path: Path, places: dict[Path, int]) -> dict[str, Any]:
        """The node as the document has it; `places` learns where it and its parts stand."""
        places[path] = self.row
        if not self.parts:
            return self.keys
        children = [part.document((*path, "children", i), places) for i, part in enumerate(self.parts)]
        return {**self.keys, "children": children}


class _Reading:
    """Rows of a workbook, one after the other, into criteria, sub criteria, groups and aspects."""

    def __init__(self, file: str, sheet: Sheet, calculations: Sequence[Calculation], problems: list[Problem]) -> None:
        self.file = file
        self.sheet = sheet
        self.calculations = calculations
        self.problems = problems
        self.sections: list[TypedRow] = []
        self.criteria: list[TypedRow] = []
        self.subtotals: list[TypedRow] = []
        self.used: set[str] = set()
        self.found: dict[str, _Open] = {}
        self.subs: dict[str, _Open] = {}
        self.block: Block | None = None
        self.sub: _Open | None = None
        self.group: _Open | None = None
        self.aspect: _Open | None = None
        self.counts: dict[str, int] = {}
        self.codes: dict[str, int] = {}

    def read(self, block: Block) -> None:
        """All rows of one block."""
        self.block = block
        self.sub = self.group = self.aspect = None
        for row, cells in block.rows():
            self._row(row, cells)
        self._close_sub()

    def _row(self, row: int, cells: Mapping[str, str]) -> None:
        if "sub_id" in cells:
            self._open_sub(row, cells)
            cells = self._without_subtotal(row, cells)
        elif "sub_name" in cells:
            self._problem(row, "sub_name", said("子标准缺少编号"))
        handle = self._handler(cells)
        if handle is not None:
            handle(row, cells)

    def _without_subtotal(self, row: int, cells: Mapping[str, str]) -> Mapping[str, str]:
        """The short form writes the sum of a sub criterion beside its name: kept to be checked, not a mark."""
        if "max" not in cells or "type" in cells:
            return cells
        self.subtotals.append(
            TypedRow(cells["sub_id"], cells.get("sub_name", ""), plain_number(cells["max"]), None, row)
        )
        return {name: text for name, text in cells.items() if name != "max"}

    def _handler(self, cells: Mapping[str, str]) -> Callable[[int, Mapping[str, str]], None] | None:
        if "type" in cells:
            return self._open_aspect
        if "score" in cells:
            return self._benchmark
        if "max" in cells:
            return self._no_type
        if "description" in cells:
            return self._open_group
        return self._extra if "extra" in cells or "requirement" in cells else None

    def _problem(self, row: int, column: str, message: str) -> None:
        columns = self.block.columns if self.block else {}
        self.problems.append(cell_problem(message, self.file, self.sheet.name, row, columns.get(column)))

    def _no_type(self, row: int, cells: Mapping[str, str]) -> None:
        self._problem(row, "type", said("此行有分值 %(max)s，却没有评分项类型（M 或 J）", max=cells["max"]))

    def _open_sub(self, row: int, cells: Mapping[str, str]) -> None:
        self._close_sub()
        code = cells["sub_id"]
        match = _SUB_ID.fullmatch(code)
        if match is None:
            self._problem(row, "sub_id", said("子标准编号应为 A1 这样的形式，不能是「%(code)s」", code=code[:40]))
            return
        letter = match.group(1)
        if self.block and self.block.letter and self.block.letter != letter:
            self._problem(
                row, "sub_id", said("子标准「%(code)s」写在标准 %(letter)s 之下", code=code, letter=self.block.letter)
            )
        if code in self.subs:
            self._problem(
                row,
                "sub_id",
                said("子标准「%(code)s」重复（第 %(row)s 行已有）", code=code, row=self.subs[code].row + 1),
            )
        keys = {"code": code, "label": cells.get("sub_name", code), "level": "sub_criterion"}
        if "day" in cells:
            keys["judged_on"] = cells["day"]
        self.sub = _Open(keys, row)
        self.subs[code] = self.sub
        self.counts = {}
        self._criterion(letter, row).parts.append(self.sub)

    def _criterion(self, letter: str, row: int) -> _Open:
        if letter not in self.found:
            name = next((line.name for line in self.criteria if line.code.upper() == letter), "")
            self.found[letter] = _Open({"code": letter, "label": name or f"标准 {letter}", "level": "criterion"}, row)
        return self.found[letter]

    def _open_group(self, row: int, cells: Mapping[str, str]) -> None:
        """A row with nothing but a description is a heading over the aspects that follow."""
        self._close_aspect()
        if self.sub is None:
            self._problem(row, "description", said("此行不在任何子标准之下"))
            return
        count = self.counts["groups"] = self.counts.get("groups", 0) + 1
        keys = {"code": f"{self.sub.keys['code']}-{count}", "label": cells["description"], "level": "group"}
        self.group = _Open(keys, row)
        self.sub.parts.append(self.group)
        self._extra(row, cells)

    def _open_aspect(self, row: int, cells: Mapping[str, str]) -> None:
        self._close_aspect()
        match = _TYPE.fullmatch(cells["type"].upper())
        kind = _TYPES.get(match.group(1)) if match else None
        if kind is None or match is None:
            self._problem(
                row, "type", said("评分项类型应为 M（测量）或 J（评判），不能是「%(type)s」", type=cells["type"][:40])
            )
        if "description" not in cells:
            self._problem(row, "description", said("评分项缺少描述"))
        maximum = self._maximum(row, cells)
        if self.sub is None:
            self._problem(row, "type", said("此评分项不在任何子标准之下"))
        if kind is None or match is None or maximum is None or self.sub is None:
            return
        keys: dict[str, Any] = {
            "code": self._code(row, kind, match.group(2)),
            "label": cells.get("description", ""),
            "level": "aspect",
            **self._rules(row, cells, kind, maximum),
        }
        self._standard(row, cells, keys)
        self.aspect = _Open(keys, row)
        (self.group or self.sub).parts.append(self.aspect)
        self._extra(row, cells)

    def _code(self, row: int, kind: str, given: str | None) -> str:
        """The aspect's code: numbered as the short form gives it (`M12`), else within its sub criterion."""
        number = self.counts[kind] = int(given) if given else self.counts.get(kind, 0) + 1
        code = f"{self.sub.keys['code'] if self.sub else ''}.{kind}{number}"
        if code in self.codes:
            self._problem(
                row,
                "type",
                said("评分项「%(code)s」重复（第 %(codes)s 行已有）", code=code, codes=self.codes[code] + 1),
            )
        self.codes.setdefault(code, row)
        return code

    def _maximum(self, row: int, cells: Mapping[str, str]) -> Fraction | None:
        found = plain_number(cells.get("max", ""))
        if "max" not in cells:
            self._problem(row, "max", said("评分项缺少最高分"))
        elif found is None or found <= 0:
            self._problem(row, "max", said("最高分应为大于 0 的数，不能是「%(max)s」", max=cells["max"][:40]))
            return None
        return found

    def _rules(self, row: int, cells: Mapping[str, str], kind: str, maximum: Fraction) -> dict[str, Any]:
        full = decimal_text(maximum)
        if kind == "J":
            rules = {"kind": "judgement", "max": full, "panel": PANEL, "round": "2", "benchmarks_required": True}
            return {**rules, "benchmarks": {}}
        reference = cells.get("calculation", "")
        calculation = find_calculation(self.calculations, reference) if reference else None
        if calculation is not None:
            self.used.add(calculation.name)
            return converted(calculation, maximum)
        if reference and self.calculations:
            self._problem(
                row,
                "calculation",
                said("工作表 Calculations 中没有第 %(reference)s 行或名为「%(reference)s」的计算", reference=reference),
            )
        return {"kind": "points", "max": full, "step": "0.01", "entry": {"words": {"是": full, "否": "0"}}}

    def _standard(self, row: int, cells: Mapping[str, str], keys: dict[str, Any]) -> None:
        if "section" not in cells:
            return
        match = _SECTION.fullmatch(cells["section"])
        code = match.group(1) if match else cells["section"]
        keys["standard"] = code
        if self.sections and code not in {line.code for line in self.sections}:
            self._problem(row, "section", said("标准中没有第 %(code)s 节", code=code))

    def _extra(self, row: int, cells: Mapping[str, str]) -> None:
        """Further lines of description, on the aspect's own row or beneath it."""
        owner = self.aspect or self.group or self.sub
        lines = [cells["extra"]] if "extra" in cells else []
        lines += [REQUIREMENT + cells["requirement"]] if "requirement" in cells else []
        if not lines:
            return
        if owner is None:
            self._problem(row, "extra" if "extra" in cells else "requirement", said("此行不在任何子标准之下"))
            return
        known = owner.keys.get("description")
        owner.keys["description"] = "\n".join([*([known] if known else []), *lines])

    def _benchmark(self, row: int, cells: Mapping[str, str]) -> None:
        benchmarks = self.aspect.keys.get("benchmarks") if self.aspect else None
        if benchmarks is None:
            self._problem(row, "score", said("评判分的描述不在任何评判项（J）之下"))
        elif cells["score"] not in {"0", "1", "2", "3"}:
            self._problem(row, "score", said("评判分应为 0、1、2、3，不能是「%(score)s」", score=cells["score"][:40]))
        elif cells["score"] in benchmarks:
            self._problem(row, "score", said("评判分 %(score)s 的描述重复", score=cells["score"]))
        elif "extra" not in cells:
            self._problem(row, "extra", said("评判分 %(score)s 缺少描述", score=cells["score"]))
        else:
            benchmarks[cells["score"]] = cells["extra"]

    def _close_aspect(self) -> None:
        aspect, self.aspect = self.aspect, None
        if aspect is None or "benchmarks" not in aspect.keys:
            return
        lacking = [point for point in "0123" if point not in aspect.keys["benchmarks"]]
        if lacking:
            points = "、".join(lacking)
            self._problem(
                aspect.row,
                "score",
                said("评判项「%(code)s」缺少评判分 %(points)s 的描述", code=aspect.keys["code"], points=points),
            )

    def _close_sub(self) -> None:
        """Headings with no aspect beneath become lines of the sub criterion's description."""
        self._close_aspect()
        sub, self.sub, self.group = self.sub, None, None
        if sub is None:
            return
        empty = [part for part in sub.parts if part.keys["level"] == "group" and not part.parts]
        sub.parts = [part for part in sub.parts if part not in empty]
        lines = [str(part.keys[key]) for part in empty for key in ("label", "description") if key in part.keys]
        if lines:
            known = [sub.keys["description"]] if "description" in sub.keys else []
            sub.keys["description"] = "\n".join([*known, *lines])
        if not sub.parts:
            self._problem(sub.row, "sub_id", said("子标准「%(code)s」没有评分项", code=sub.keys["code"]))

    def document(self, title: str) -> tuple[dict[str, Any], dict[Path, int]]:
        """The scheme document, and the row of each node."""
        places: dict[Path, int] = {}
        children = [part.document(("children", i), places) for i, part in enumerate(self.found.values())]
        document: dict[str, Any] = {
            "format": "1",
            "title": title,
            "panels": {PANEL: {"judges": "3", "spread": "1", "combine": "mean"}},
        }
        if self.sections:
            document["standards"] = {"sections": [_section(line) for line in self.sections]}
        return {**document, "children": children}, places


def _section(line: TypedRow) -> dict[str, str]:
    found = {"code": line.code, "label": line.name or line.code}
    if line.marks is not None and line.marks > 0:
        found["marks"] = decimal_text(line.marks)
    return found
