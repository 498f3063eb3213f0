"""The mistakes of a scheme file for a page: file, line and sentence, with the line as it stands in the file. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from scoring.engine.problems import Problem

LONGEST = 120


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: where, what, and what stands there; `quoted` is empty where the file is no text."""

    file: str
    place: str
    sentence: str
    quoted: str


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
    place = [str(line)] if line is not None else []
    place += [problem.column] if problem.column else []
    if not place and problem.path:
        place = [".".join(str(step) for step in problem.path)]
    quoted = lines[line - 1].strip() if line is not None and 0 < line <= len(lines) else ""
    short = f"{quoted[:LONGEST]}…" if len(quoted) > LONGEST else quoted
    return Mistake(problem.file or name, " : ".join(place), problem.message, short)
