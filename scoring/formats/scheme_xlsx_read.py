"""A scheme workbook as a scheme document, with the sheet, row and column of every key for the messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.messages import said
from core.spreadsheets import Cell, Sheet, column_letters
from scoring.engine.problems import Path, Problem, SchemeError, sentence_of
from scoring.engine.scheme import Scheme
from scoring.engine.scheme_document import read_document
from scoring.formats.key_paths import Gathering, KeyPathError, from_cell, read_path
from scoring.formats.scheme_columns import (
    GENERAL,
    GENERAL_HEADINGS,
    NOTES,
    OPTIONS,
    RULES,
    RULES_HEADINGS,
    TREE,
    WHOLE,
    Column,
    known_column,
    level_of,
)
from scoring.formats.xlsx_cells import cell_at, cell_problem, exact_text


def is_scheme_workbook(sheets: Sequence[Sheet]) -> bool:
    """Whether the workbook has a sheet with the tree of a scheme in this system's own form."""
    return any(sheet.name.strip() == TREE for sheet in sheets)


def read_scheme_xlsx(sheets: Sequence[Sheet], name: str) -> Scheme:
    """The scheme of a workbook.

    Args:
        sheets: as read.
        name: of the file, for messages.

    Raises:
        SchemeError: with every mistake, its sheet, row and column.
    """
    document, reading = _read(sheets, name)
    scheme, mistakes = read_document(document)
    if scheme is None:
        raise SchemeError([reading.placed(mistake) for mistake in mistakes])
    return scheme


def read_scheme_sheets(sheets: Sequence[Sheet], name: str) -> Any:
    """The document that the sheets hold, before the engine judges it; raises as `read_scheme_xlsx`."""
    return _read(sheets, name)[0]


def _read(sheets: Sequence[Sheet], name: str) -> tuple[Any, _Reading]:
    reading = _Reading(name)
    document = reading.document(sheets)
    if reading.problems:
        raise SchemeError(reading.problems)
    return document, reading


@dataclass(frozen=True, slots=True)
class _Place:
    """A cell: name of its sheet, row and column from 0."""

    sheet: str
    row: int
    column: int | None


_UNREADABLE = object()
"""Stands for the value of a cell that is already a mistake."""


class _Reading:
    """One workbook on its way to a document.

    Attributes:
        places: where each key path of the document stands.
        beneath: for each mapping and list, the first key path within it.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self.places: dict[Path, _Place] = {}
        self.beneath: dict[Path, Path] = {}
        self.gathering = Gathering()
        self.nodes: dict[str, Path] = {WHOLE: ()}

    def document(self, sheets: Sequence[Sheet]) -> Any:
        """All sheets as one document; mistakes are in `problems`."""
        readers: dict[str, Callable[[Sheet], None]] = {TREE: self._tree, GENERAL: self._general, RULES: self._rules}
        by_name = {sheet.name.strip(): sheet for sheet in sheets}
        for name, reader in readers.items():
            if name in by_name:
                reader(by_name[name])
        for name, sheet in by_name.items():
            if name not in {*readers, NOTES} and not sheet.is_hidden:
                known = "、".join([*readers, NOTES])
                self.problems.append(
                    Problem(
                        said("不认识的工作表「%(name)s」（可用 %(known)s）", name=name, known=known), file=self.name
                    )
                )
        document, gaps = self.gathering.document()
        for path, sentence in gaps:
            self.problems.append(self.placed(Problem(sentence, path)))
        return document

    def placed(self, problem: Problem) -> Problem:
        """A mistake of the document with the cell where the nearest key stands."""
        path = problem.path
        if path and path not in self.places:
            path = self.beneath.get(path, path)
        while path and path not in self.places:
            path = path[:-1]
        place = self.places.get(path)
        if place is None:
            return problem.at(self.name, None)
        cell = cell_problem(problem.message, self.name, place.sheet, place.row, place.column)
        return replace(cell, path=problem.path)

    def _problem(self, message: str, place: _Place) -> None:
        self.problems.append(cell_problem(message, self.name, place.sheet, place.row, place.column))

    def _add(self, path: Path, value: Any, place: _Place) -> None:
        if value is _UNREADABLE:
            return
        try:
            self.gathering.add(path, value)
        except KeyPathError as error:
            self._problem(sentence_of(error), place)
            return
        self.places[path] = place
        for length in range(1, len(path)):
            self.beneath.setdefault(path[:length], path)

    def _value(self, cell: Cell, place: _Place) -> Any:
        try:
            return from_cell(cell)
        except KeyPathError as error:
            self._problem(sentence_of(error), place)
            return _UNREADABLE

    def _tree(self, sheet: Sheet) -> None:
        headings = [exact_text(cell) for cell in sheet.rows[0]] if sheet.rows else []
        levels = {column: depth for column, text in enumerate(headings) if (depth := level_of(text)) is not None}
        columns = self._columns(sheet, headings)
        if not levels:
            self._problem(said("缺少“第1层”列（节点代码）"), _Place(sheet.name, 0, None))
            return
        above: list[tuple[Path, str]] = [((), "")]
        counts: dict[Path, int] = {}
        for row in range(1, len(sheet.rows)):
            self._node(sheet, row, levels, above, counts)
            if any(cell_at(sheet.rows[row], column) for column in [*levels, *columns]):
                self._cells(sheet, row, columns, above[-1][0])

    def _columns(self, sheet: Sheet, headings: list[str]) -> dict[int, Column]:
        columns: dict[int, Column] = {}
        for index, heading in enumerate(headings):
            if not heading or heading == NOTES or level_of(heading) is not None:
                continue
            column = known_column(heading)
            try:
                columns[index] = column or Column(heading, read_path(heading))
            except KeyPathError:
                self._problem(said("不认识的列「%(heading)s」", heading=heading[:40]), _Place(sheet.name, 0, index))
        return columns

    def _node(
        self,
        sheet: Sheet,
        row: int,
        levels: dict[int, int],
        above: list[tuple[Path, str]],
        counts: dict[Path, int],
    ) -> None:
        """Open the node of a row: `above` ends with it afterwards."""
        filled = [column for column in levels if cell_at(sheet.rows[row], column)]
        if len(filled) != 1:
            if filled or any(exact_text(cell) for cell in sheet.rows[row]):
                sentence = said("一行只能有一个代码") if filled else said("此行没有代码，不知属于哪一层")
                self._problem(sentence, _Place(sheet.name, row, filled[1] if filled else min(levels)))
            return
        place = _Place(sheet.name, row, filled[0])
        depth = levels[filled[0]]
        if depth > len(above):
            self._problem(said("上面没有第%(depth)s层的节点", depth=depth - 1), place)
            return
        del above[depth:]
        parent, name = above[-1]
        index = counts.get(parent, 0)
        counts[parent] = index + 1
        path: Path = (*parent, "children", index)
        self.places[path] = place
        value = self._value(sheet.rows[row][filled[0]], place)
        if isinstance(value, str) and "\n" in value:
            value = [code for line in value.split("\n") if (code := line.strip())]
        key = "codes" if isinstance(value, list) else "code"
        self._add((*path, key), value, place)
        code = str(value[0] if isinstance(value, list) and value else value).strip()
        above.append((path, f"{name}{code}/"))
        self.nodes.setdefault(f"{name}{code}", path)

    def _cells(self, sheet: Sheet, row: int, columns: dict[int, Column], path: Path) -> None:
        for index, column in columns.items():
            if not cell_at(sheet.rows[row], index):
                continue
            place = _Place(sheet.name, row, index)
            value = self._value(sheet.rows[row][index], place)
            if column.path == OPTIONS and isinstance(value, str):
                self._options(value, path, place)
            else:
                words = {word: key for key, word in column.words.items()}
                meant = words.get(value, value) if isinstance(value, str) else value
                self._add((*path, *column.path), meant, place)

    def _options(self, text: str, path: Path, place: _Place) -> None:
        for line in text.split("\n"):
            label, sign, marks = line.rpartition("=" if "=" in line else "：")
            if not sign or not label.strip() or not marks.strip():
                self._problem(said("选项应一行一个，写作“标签=分值”，不能是「%(line)s」", line=line[:40]), place)
            else:
                self._add((*path, *OPTIONS, label.strip()), marks.strip(), place)

    def _general(self, sheet: Sheet) -> None:
        key, value = self._headed(sheet, GENERAL_HEADINGS)
        for row in range(1, len(sheet.rows)):
            self._rule(sheet, row, key, value, ())

    def _rules(self, sheet: Sheet) -> None:
        node, _, key, value = self._headed(sheet, RULES_HEADINGS)
        for row in range(1, len(sheet.rows)):
            name = self._name(sheet, row, node)
            if name and name not in self.nodes:
                self._problem(said("没有代码路径为「%(name)s」的节点", name=name[:60]), _Place(sheet.name, row, node))
            elif name:
                self._rule(sheet, row, key, value, self.nodes[name])
            elif cell_at(sheet.rows[row], key):
                self._problem(said("缺少节点"), _Place(sheet.name, row, node))

    def _name(self, sheet: Sheet, row: int, column: int | None) -> str:
        text = cell_at(sheet.rows[row], column)
        return str(self._value(text, _Place(sheet.name, row, column))) if text else ""

    def _headed(self, sheet: Sheet, wanted: Sequence[str]) -> list[int | None]:
        headings = [exact_text(cell) for cell in sheet.rows[0]] if sheet.rows else []
        found = [headings.index(name) if name in headings else None for name in wanted]
        for name, column in zip(wanted, found, strict=True):
            if column is None and name != "名称":
                self._problem(said("缺少“%(name)s”列", name=name), _Place(sheet.name, 0, None))
        return found

    def _rule(self, sheet: Sheet, row: int, key: int | None, value: int | None, path: Path) -> None:
        cells = sheet.rows[row]
        text = cell_at(cells, key)
        if key is None or value is None or not (text or cell_at(cells, value)):
            return
        if not text or not cell_at(cells, value):
            empty = key if not text else value
            self._problem(said("“%(empty)s”列为空", empty=column_letters(empty)), _Place(sheet.name, row, empty))
            return
        try:
            inner = read_path(text)
        except KeyPathError as error:
            self._problem(sentence_of(error), _Place(sheet.name, row, key))
            return
        place = _Place(sheet.name, row, value)
        self._add((*path, *inner), self._value(cells[value], place), place)
