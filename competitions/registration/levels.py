"""Skill levels on a roster beside those of certificates that came back: a difference is never mended unasked."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from competitions.registration.intake import Fate, PlannedRow
from core.errors import ConflictError
from core.personal_data import blind_index

_NUMBER = re.compile(r"[0-9A-Za-z]{5,}(?=[0-9A-Za-z]{4})")


class ChangedLevelsError(ConflictError):
    """What is known of people's levels is no longer what the organiser saw when taking it over."""

    code = "levels_changed"


KnownLevels = Callable[[int, Iterable[str]], Mapping[str, tuple[int, str]]]
"""Competition and blind indexes → level digit and its source in words, by index; known to the package above."""


def no_levels(_competition_id: int, _indexes: Iterable[str]) -> Mapping[str, tuple[int, str]]:
    """Where no package above can tell, no level is known."""
    return {}


@dataclass(frozen=True, slots=True)
class OtherLevel:
    """A row whose level is not that of the newest certificate known here."""

    row: PlannedRow
    level: int
    """Of the certificate; 1 is the highest."""
    source: str

    @property
    def is_higher(self) -> bool:
        """Whether the certificate gives more than the roster says."""
        stated = self.row.values.level
        return stated is None or self.level < stated


def other_levels(competition_id: int, rows: Sequence[PlannedRow], known: KnownLevels) -> list[OtherLevel]:
    """Rows that can be taken in and whose level differs, in their order.

    Args:
        competition_id: whose roster it is.
        rows: as planned.
        known: see `KnownLevels`.
    """
    indexed = [(_index(row), row) for row in rows if row.fate is Fate.NEW and row.values.id_number]
    levels = known(competition_id, dict.fromkeys(index for index, _ in indexed))
    return [
        OtherLevel(row, *levels[index])
        for index, row in indexed
        if index in levels and levels[index][0] != row.values.level
    ]


def unsaid(others: Iterable[OtherLevel]) -> list[OtherLevel]:
    """Those whose row gives no level at all, so that the certificate's can be taken over."""
    return [one for one in others if one.row.values.level is None]


def mark_of(others: Iterable[OtherLevel]) -> str:
    """A short mark of what was offered: another one where any row, level or source differs."""
    words = "\n".join(f"{one.row.sheet}/{one.row.row}={one.level} {one.source}" for one in others)
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def with_levels(rows: Sequence[PlannedRow], others: Iterable[OtherLevel]) -> list[PlannedRow]:
    """The rows with the certificates' levels in place of none."""
    levels = {(one.row.sheet, one.row.row): one.level for one in others}
    return [
        replace(row, values=replace(row.values, level=levels[place]))
        if (place := (row.sheet, row.row)) in levels
        else row
        for row in rows
    ]


def source_for_record(source: str) -> str:
    """A source as the audit record keeps it, which nobody can delete: of long numbers only the last four signs."""
    return _NUMBER.sub("…", str(source))


def _index(row: PlannedRow) -> str:
    return blind_index(row.values.id_kind or "", row.values.id_number or "")
