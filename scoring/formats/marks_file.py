"""From a file of marks to what is written of it: the result list or one unfolding, by the way that fits its size."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from scoring.engine.explain import explain, explain_text
from scoring.engine.marks import Marks
from scoring.engine.ranking import Ranking, rank
from scoring.engine.scheme import Scheme
from scoring.engine.totals import evaluate
from scoring.formats import LongFile, read_long_file, read_marks
from scoring.formats.mass_csv import MassMarks, as_marks
from scoring.formats.mass_explain import ranking_of_one
from scoring.formats.mass_json import mass_json
from scoring.formats.mass_results import mass_results
from scoring.formats.results import as_json, to_csv, to_json, to_xlsx

WRITERS: Mapping[str, Callable[[Ranking], bytes]] = {"csv": to_csv, "json": to_json, "xlsx": to_xlsx}
"""What writes a result list, by its form."""


@dataclass(frozen=True, slots=True)
class Made:
    """What is to be written, and the warnings with it."""

    data: bytes
    warnings: Sequence[str]


class MarksFile(Protocol):
    """The marks of a file, from which results are made."""

    @property
    def contestants(self) -> Collection[str]:
        """All contestants."""

    def output(self, form: str, contestant: str | None) -> Made:
        """The result list, or the unfolding of one contestant."""


@dataclass(frozen=True)
class _Careful:
    """Marks that were read one by one."""

    scheme: Scheme
    marks: Marks

    @property
    def contestants(self) -> Collection[str]:
        return self.marks.books

    def output(self, form: str, contestant: str | None) -> Made:
        ranking = rank(evaluate(self.scheme, self.marks))
        return Made(_output(ranking, form, contestant), ranking.warnings)


@dataclass(frozen=True)
class _Long:
    """Marks that were read in columns."""

    scheme: Scheme
    path: Path
    file: LongFile

    @property
    def contestants(self) -> Collection[str]:
        return self.file.mass.contestants

    def output(self, form: str, contestant: str | None) -> Made:
        mass = self.file.mass
        if contestant is not None:
            ranking = ranking_of_one(self.scheme, mass, self.file.data, contestant)
            if ranking is not None:
                return Made(_output(ranking, form, contestant), ranking.warnings)
            # An unfolding lists the marks as they stand in the file.
            return _Careful(self.scheme, read_marks(self.path, self.scheme)).output(form, contestant)
        return _in_columns(self.scheme, mass, form) or _Careful(self.scheme, as_marks(mass)).output(form, contestant)


def _in_columns(scheme: Scheme, mass: MassMarks, form: str) -> Made | None:
    """The result list from columns; None where only the careful way tells everything."""
    if form == "json":
        found = mass_json(scheme, mass)
        return None if found is None else Made(found.data, found.warnings)
    made = mass_results(scheme, mass)
    if made is None:
        return None
    return Made(made.to_csv() if form == "csv" else made.to_xlsx(), made.warnings)


def marks_file(path: Path, scheme: Scheme) -> MarksFile:
    """The marks in a file of any size: a long plain one is read in columns, everything else one by one.

    Raises:
        UnreadableFileError, MarksError: as `formats.read_marks`.
    """
    long_file = read_long_file(path, scheme)
    return _Careful(scheme, read_marks(path, scheme)) if long_file is None else _Long(scheme, path, long_file)


def _output(ranking: Ranking, form: str, contestant: str | None) -> bytes:
    if contestant is None:
        return WRITERS[form](ranking)
    if form == "json":
        return as_json(explain(ranking, contestant))
    return (explain_text(ranking, contestant) + "\n").encode()
