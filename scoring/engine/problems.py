"""What is wrong with a scheme or with marks: a list of sentences, each with its place in the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.errors import InvalidInputError
from core.messages import message

Path = tuple[str | int, ...]
"""Where in a document: keys and list positions from the root."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake.

    Attributes:
        message: a Chinese sentence.
        path: where in the scheme document, if it is about a scheme.
        file: name of the file, if it was read from one.
        line: line of the YAML file or row of the table, counted from 1; None if unknown.
        column: name of the table's column, if it is about one.
    """

    message: str
    path: Path = ()
    file: str = ""
    line: int | None = None
    column: str = ""

    def at(self, file: str, line: int | None) -> Problem:
        """The same problem with the place in the file where it stands."""
        return replace(self, file=file, line=line)

    def __str__(self) -> str:
        """`file:line:column: message`, leaving out what is not known; never more than one line."""
        place = [self.file] if self.file else []
        place += [str(self.line)] if self.line is not None else []
        place += [self.column] if self.column else []
        if not place and self.path:
            place = [".".join(str(step) for step in self.path)]
        sentence = " ".join(self.message.split())
        return f"{':'.join(place)}: {sentence}" if place else sentence


class _ProblemsError(InvalidInputError):
    """Base of the two below: carries all problems, not the first only."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        several = message("%(first)s（共 %(count)s 处错误）")
        super().__init__(
            several if len(self.problems) > 1 else message("%(first)s"),
            first=self.problems[0] if self.problems else "",
            count=len(self.problems),
        )


class SchemeError(_ProblemsError):
    """The scheme cannot be used; `problems` says why, all of it."""

    code = "bad_scheme"


class MarksError(_ProblemsError):
    """The marks do not fit the scheme; `problems` says why, all of it."""

    code = "bad_marks"


class MarkValueError(InvalidInputError):
    """One mark that its aspect does not admit."""

    code = "bad_mark"
