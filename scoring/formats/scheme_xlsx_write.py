"""A scheme document as a workbook: the tree on one sheet, everything else as key paths on two more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.messages import said
from core.spreadsheets import Cell, Choices, SheetPlan, write_xlsx
from scoring.engine.problems import Path, Problem, SchemeError
from scoring.formats.key_paths import flatten, needs_escape, path_text, text_cell, to_cell
from scoring.formats.scheme_columns import (
    BENCHMARK_KEY,
    COLUMNS,
    GENERAL,
    GENERAL_HEADINGS,
    OPTIONS,
    RULES,
    RULES_HEADINGS,
    TREE,
    Column,
    benchmark_column,
    level_heading,
)

_LONGEST = 32_767
"""Characters that a cell can hold."""

_MOST_BENCHMARKS = 12
_ROOM = 500
"""Rows beneath the tree in which lists to choose from are offered as well."""

Row = tuple[int, str, Mapping[str, Any]]
"""Depth, path of codes, and the node of the document."""


def write_scheme_xlsx(document: Mapping[str, Any]) -> bytes:
    """The workbook of a scheme document; reading it gives an equal document.

    Args:
        document: as `Scheme.to_document` gives it.

    Raises:
        SchemeError: a text is longer than a cell can hold.
    """
    rows = list(_nodes(document, 1, ""))
    columns = _columns(rows)
    tree, rules = _tree(rows, columns)
    general = [[path_text(path), to_cell(value)] for path, value in _without_parts(document)]
    plans = [
        tree,
        SheetPlan(GENERAL, [GENERAL_HEADINGS, *general], header_row=0, widths={0: 36, 1: 60}),
        SheetPlan(RULES, [RULES_HEADINGS, *rules], header_row=0, widths={0: 24, 1: 24, 2: 36, 3: 40}),
    ]
    _check_lengths(plans)
    return write_xlsx(plans)


def has_parts(node: Mapping[str, Any]) -> bool:
    """Whether `children` of a node is a list of nodes, which become rows of their own."""
    children = node.get("children")
    return isinstance(children, list) and bool(children) and all(isinstance(child, dict) for child in children)


def _nodes(node: Mapping[str, Any], depth: int, above: str) -> Iterator[Row]:
    for child in node["children"] if has_parts(node) else ():
        path = above + _name(child)
        yield depth, path, child
        yield from _nodes(child, depth + 1, f"{path}/")


def _name(node: Mapping[str, Any]) -> str:
    """How the rules call a node: its code, or the first of its codes."""
    codes = node.get("codes")
    return str(codes[0] if isinstance(codes, list) and codes else node.get("code", "")).strip()


def _without_parts(node: Mapping[str, Any]) -> list[tuple[Path, Any]]:
    rest = {key: value for key, value in node.items() if key != "children" or not has_parts(node)}
    return list(flatten(rest)) if rest else []


def _columns(rows: list[Row]) -> list[Column]:
    """Those that are always there and those that some node needs, in their usual order."""
    used: set[Path] = set()
    points: set[str] = set()
    for _, _, node in rows:
        used.update(path for path, _ in flatten(node))
        used.update([OPTIONS] if _options_text(node) else [])
        benchmarks = node.get("benchmarks")
        points.update(key for key in benchmarks if BENCHMARK_KEY.fullmatch(key)) if isinstance(benchmarks, dict) else ()
    chosen = [column for column in COLUMNS if column.is_always or column.path in used]
    return [*chosen, *(benchmark_column(point) for point in sorted(points, key=float)[:_MOST_BENCHMARKS])]


def _tree(rows: list[Row], columns: list[Column]) -> tuple[SheetPlan, list[list[Cell]]]:
    depths = max((depth for depth, _, _ in rows), default=1)
    lines: list[list[Cell]] = []
    rules: list[list[Cell]] = []
    for depth, path, node in rows:
        cells, rest = _line(node, columns)
        codes: list[Cell] = [""] * depths
        codes[depth - 1] = text_cell(node["code"]) if "code" in node else _codes_cell(node.get("codes"))
        lines.append([*codes, *cells])
        label = str(node.get("label") or path)[:60]
        rules += [[text_cell(path), text_cell(label), path_text(key), to_cell(value)] for key, value in rest]
    headings = [*(level_heading(depth) for depth in range(1, depths + 1)), *(column.heading for column in columns)]
    widths: dict[int, float] = dict.fromkeys(range(depths), 10)
    widths |= {depths + index: column.width for index, column in enumerate(columns)}
    texts = frozenset([*range(depths), *(depths + index for index, column in enumerate(columns) if column.is_text)])
    choices = [
        Choices(depths + index, 1, len(lines) + _ROOM, tuple(column.words.values()))
        for index, column in enumerate(columns)
        if column.words
    ]
    return SheetPlan(TREE, [headings, *lines], 0, choices=choices, widths=widths, text_columns=texts), rules


def _codes_cell(codes: Any) -> Cell:
    """The code cell of a node that stands for several equal ones: one code a line."""
    if not isinstance(codes, list):
        return ""
    if len(codes) > 1 and all(isinstance(code, str) and _is_line(code) for code in codes):
        return "\n".join(codes)
    return to_cell(codes)


def _line(node: Mapping[str, Any], columns: list[Column]) -> tuple[list[Cell], list[tuple[Path, Any]]]:
    """The cells of a node beneath the columns, and what finds no column."""
    values = {path: value for path, value in _without_parts(node) if path[0] not in {"code", "codes"}}
    options = _options_text(node)
    cells: list[Cell] = []
    for column in columns:
        if column.path == OPTIONS and options:
            values = {path: value for path, value in values.items() if path[:1] != OPTIONS}
            cells.append(options)
        elif column.path in values and column.path != OPTIONS:
            cells.append(_cell(values.pop(column.path), column))
        else:
            cells.append("")
    return cells, list(values.items())


def _cell(value: Any, column: Column) -> Cell:
    if isinstance(value, str) and value in column.words:
        return column.words[value]
    return text_cell(value) if column.is_text or column.words else to_cell(value)


def _options_text(node: Mapping[str, Any]) -> str:
    """Options as lines `label=marks`; empty where they cannot be written so and go to the rules."""
    options = node.get("options")
    if not isinstance(options, dict) or not options:
        return ""
    for label, marks in options.items():
        if not isinstance(marks, str) or not _is_line(str(label)) or not _is_line(marks) or "=" in marks:
            return ""
    text = "\n".join(f"{label}={marks}" for label, marks in options.items())
    return "" if needs_escape(text) else text


def _is_line(text: str) -> bool:
    return "\n" not in text and not needs_escape(text)


def _check_lengths(plans: list[SheetPlan]) -> None:
    problems = [
        Problem(
            said(
                "工作表“%(name)s”第 %(row)s 行的文字超过 %(longest)s 字，放不进单元格",
                name=plan.name,
                row=row + 1,
                longest=_LONGEST,
            )
        )
        for plan in plans
        for row, cells in enumerate(plan.rows)
        if any(isinstance(cell, str) and len(cell.encode("utf-16-le")) > 2 * _LONGEST for cell in cells)
    ]
    if problems:
        raise SchemeError(problems)
