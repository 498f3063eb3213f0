"""Skill levels on a roster beside those of certificates that came back here: a difference is shown, never mended."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from competitions.registration.intake import Fate, PlannedRow
from core.personal_data import blind_index

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
    indexes = {_index(row): row for row in rows if row.fate is Fate.NEW and row.values.id_number}
    levels = known(competition_id, indexes)
    return [
        OtherLevel(row, *levels[index])
        for index, row in indexes.items()
        if index in levels and levels[index][0] != row.values.level
    ]


def _index(row: PlannedRow) -> str:
    return blind_index(row.values.id_kind or "", row.values.id_number or "")
