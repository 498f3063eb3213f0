"""What is wrong with a scheme or with marks: a list of sentences, each with its place in the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.errors import DomainError, InvalidInputError
from core.messages import message, said

Path = tuple[str | int, ...]
"""Where in a document: keys and list positions from the root."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake.

    Attributes:
        message: a Chinese sentence; one of `core.messages`, so that a page can say it in its reader's language.
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

    @property
    def sentence(self) -> str:
        """The message with its place before it, for a page that says it in its reader's language."""
        place = self._place()
        return said("%(place)s: %(mistake)s", place=place, mistake=self.message) if place else self.message

    def __str__(self) -> str:
        """`file:line:column: message`, leaving out what is not known; never more than one line."""
        place = self._place()
        sentence = " ".join(self.message.split())
        return f"{place}: {sentence}" if place else sentence

    def _place(self) -> str:
        place = [self.file] if self.file else []
        place += [str(self.line)] if self.line is not None else []
        place += [self.column] if self.column else []
        if not place and self.path:
            place = [".".join(str(step) for step in self.path)]
        return ":".join(place)


def sentence_of(error: DomainError) -> str:
    """What an error says, for a list of mistakes that a page shows in its reader's language."""
    return said(error.message, **error.params)


class _ProblemsError(InvalidInputError):
    """Base of the two below: carries all problems, not the first only."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        several = message("%(first)s（共 %(count)s 处错误）")
        super().__init__(
            several if len(self.problems) > 1 else message("%(first)s"),
            first=self.problems[0].sentence if self.problems else "",
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
