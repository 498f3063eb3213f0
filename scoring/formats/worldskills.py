"""WorldSkills marking scheme workbooks, full or short form, as a scheme of this system; every sum is made anew."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.messages import said
from core.spreadsheets import Sheet
from scoring.engine.exact import decimal_text
from scoring.engine.problems import Path, Problem, SchemeError
from scoring.engine.scheme import Scheme
from scoring.engine.scheme_document import read_document
from scoring.formats.worldskills_aspects import PANEL, AspectRows, Mistakes
from scoring.formats.worldskills_calculations import read_calculations
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

REQUIREMENT = "要求："
"""Begins the line of a description that holds the workbook's requirement."""

_SUB_ID = re.compile(r"([A-Z]{1,2})\d{1,3}")


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
    sections = section_rows(sheet, blocks[0].header)
    mistakes = Mistakes(name, sheet, problems)
    reading = _Reading(mistakes, AspectRows(mistakes, calculations, sections), criterion_rows(sheet, blocks[0].header))
    for block in blocks:
        reading.read(block)
    if problems:
        raise SchemeError(problems)
    document, places = reading.document(workbook_title(sheet, blocks[0].header) or name, sections)
    scheme, faults = read_document(document)
    if scheme is None:
        raise SchemeError([_placed(fault, places, name, sheet.name) for fault in faults])
    typed = (*reading.criteria, *reading.subtotals)
    book = Workbook(sheet, tuple(sections), typed, tuple(calculations), reading.aspects.used)
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

    def __init__(self, mistakes: Mistakes, aspects: AspectRows, criteria: Sequence[TypedRow]) -> None:
        self.mistakes = mistakes
        self.aspects = aspects
        self.criteria = criteria
        self.subtotals: list[TypedRow] = []
        self.found: dict[str, _Open] = {}
        self.subs: dict[str, _Open] = {}
        self.sub: _Open | None = None
        self.group: _Open | None = None
        self.aspect: _Open | None = None
        self.groups = 0

    def read(self, block: Block) -> None:
        """All rows of one block."""
        self.mistakes.block = block
        self.sub = self.group = self.aspect = None
        for row, cells in block.rows():
            self._row(row, cells)
        self._close_sub()

    def _row(self, row: int, cells: Mapping[str, str]) -> None:
        if "sub_id" in cells:
            self._open_sub(row, cells)
            cells = self._without_subtotal(row, cells)
        elif "sub_name" in cells:
            self.mistakes.add(row, "sub_name", said("子标准缺少编号"))
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

    def _no_type(self, row: int, cells: Mapping[str, str]) -> None:
        self.mistakes.add(row, "type", said("此行有分值 %(max)s，却没有评分项类型（M 或 J）", max=cells["max"]))

    def _open_sub(self, row: int, cells: Mapping[str, str]) -> None:
        self._close_sub()
        code = cells["sub_id"]
        match = _SUB_ID.fullmatch(code)
        if match is None:
            self.mistakes.add(row, "sub_id", said("子标准编号应为 A1 这样的形式，不能是「%(code)s」", code=code[:40]))
            return
        letter = match.group(1)
        block = self.mistakes.block
        if block and block.letter and block.letter != letter:
            told = said("子标准「%(code)s」写在标准 %(letter)s 之下", code=code, letter=block.letter)
            self.mistakes.add(row, "sub_id", told)
        if code in self.subs:
            told = said("子标准「%(code)s」重复（第 %(row)s 行已有）", code=code, row=self.subs[code].row + 1)
            self.mistakes.add(row, "sub_id", told)
        keys = {"code": code, "label": cells.get("sub_name", code), "level": "sub_criterion"}
        if "day" in cells:
            keys["judged_on"] = cells["day"]
        self.sub = _Open(keys, row)
        self.subs[code] = self.sub
        self.groups = 0
        self.aspects.begin()
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
            self.mistakes.add(row, "description", said("此行不在任何子标准之下"))
            return
        self.groups += 1
        keys = {"code": f"{self.sub.keys['code']}-{self.groups}", "label": cells["description"], "level": "group"}
        self.group = _Open(keys, row)
        self.sub.parts.append(self.group)
        self._extra(row, cells)

    def _open_aspect(self, row: int, cells: Mapping[str, str]) -> None:
        self._close_aspect()
        keys = self.aspects.keys(row, cells, self.sub.keys["code"] if self.sub else None)
        if keys is None or self.sub is None:
            return
        self.aspect = _Open(keys, row)
        (self.group or self.sub).parts.append(self.aspect)
        self._extra(row, cells)

    def _extra(self, row: int, cells: Mapping[str, str]) -> None:
        """Further lines of description, on the aspect's own row or beneath it."""
        owner = self.aspect or self.group or self.sub
        lines = [cells["extra"]] if "extra" in cells else []
        lines += [REQUIREMENT + cells["requirement"]] if "requirement" in cells else []
        if not lines:
            return
        if owner is None:
            self.mistakes.add(row, "extra" if "extra" in cells else "requirement", said("此行不在任何子标准之下"))
            return
        known = owner.keys.get("description")
        owner.keys["description"] = "\n".join([*([known] if known else []), *lines])

    def _benchmark(self, row: int, cells: Mapping[str, str]) -> None:
        self.aspects.benchmark(row, cells, self.aspect.keys if self.aspect else None)

    def _close_aspect(self) -> None:
        aspect, self.aspect = self.aspect, None
        if aspect is not None:
            self.aspects.close(aspect.row, aspect.keys)

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
            self.mistakes.add(sub.row, "sub_id", said("子标准「%(code)s」没有评分项", code=sub.keys["code"]))

    def document(self, title: str, sections: Sequence[TypedRow]) -> tuple[dict[str, Any], dict[Path, int]]:
        """The scheme document, and the row of each node."""
        places: dict[Path, int] = {}
        children = [part.document(("children", i), places) for i, part in enumerate(self.found.values())]
        document: dict[str, Any] = {
            "format": "1",
            "title": title,
            "panels": {PANEL: {"judges": "3", "spread": "1", "combine": "mean"}},
        }
        if sections:
            document["standards"] = {"sections": [_section(line) for line in sections]}
        return {**document, "children": children}, places


def _section(line: TypedRow) -> dict[str, str]:
    found = {"code": line.code, "label": line.name or line.code}
    if line.marks is not None and line.marks > 0:
        found["marks"] = decimal_text(line.marks)
    return found
