"""The mistakes of a scheme file for a page: file, line and sentence, with the line as it stands in the file. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.messages import joined, said
from scoring.engine.problems import Path, Problem
from scoring.formats.scheme_columns import COLUMNS, TREE

LONGEST = 120


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake.

    Attributes:
        file, place: where; in a workbook the sheet with the cell, as a program for tables calls it.
        sentence: what.
        quoted: what stands there; empty where the file is no text.
        heading: what the workbook calls the key that the sentence names, and the words that it takes; empty elsewhere.
    """

    file: str
    place: str
    sentence: str
    quoted: str
    heading: str = ""


def mistakes(problems: Iterable[Problem], data: bytes, name: str) -> list[Mistake]:
    """The problems with the line that each is about.

    Args:
        problems: of the reading.
        data: the file.
        name: of the file, for problems that do not say theirs.
    """
    lines = _lines(data)
    return [_mistake(problem, lines, name) for problem in problems]


def _lines(data: bytes) -> list[str]:
    """The lines of a text; none of anything else."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return []
    return [] if "\0" in text else text.splitlines()


def _mistake(problem: Problem, lines: list[str], name: str) -> Mistake:
    line = problem.line
    quoted = lines[line - 1].strip() if line is not None and 0 < line <= len(lines) else ""
    short = f"{quoted[:LONGEST]}…" if len(quoted) > LONGEST else quoted
    file, _, sheet = (problem.file or name).partition("!")
    if sheet:
        heading = _heading(problem.path) if sheet == TREE else ""
        return Mistake(file, _cell(problem, sheet), problem.message, "", heading)
    place = [str(line)] if line is not None else []
    place += [problem.column] if problem.column else []
    if not place and problem.path:
        place = [".".join(str(step) for step in problem.path)]
    return Mistake(file, " : ".join(place), problem.message, short)


def _cell(problem: Problem, sheet: str) -> str:
    cell = f"{problem.column}{problem.line or ''}"
    return f"{sheet}!{cell}" if cell else sheet


def _heading(path: Path) -> str:
    """What a workbook calls the last key of a path that has a column of its own."""
    for column in sorted(COLUMNS, key=lambda column: -len(column.path)):
        if column.path and path[-len(column.path) :] == column.path:
            if not column.words:
                return said("工作簿里是“%(heading)s”一列", heading=column.heading)
            words = joined(column.words.values())
            return said("工作簿里是“%(heading)s”一列，可填：%(admitted)s", heading=column.heading, admitted=words)
    return ""
