"""What this room asks of the package that keeps score sheets; until somebody answers, nothing is taken for granted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class WorkSheets:
    """How works and sheets come together.

    Attributes:
        drop: takes away the untouched sheets of an event's works; refuses where one is marked.
        unconfirmed: how many sheets of an event's works are not confirmed, or lack.
        give_back: hangs the sheets of works, and what belongs to them, on the entrants whose works they are.
    """

    drop: Callable[[Session, int], None]
    unconfirmed: Callable[[Session, int], int]
    give_back: Callable[[Session, int, Mapping[int, int]], None]


def _nothing_to_drop(_session: Session, _event_id: int) -> None:
    """Where no package above makes sheets, there are none."""


def _never_confirmed(_session: Session, _event_id: int) -> int:
    """Where no package above can tell, works stay coded."""
    return 1


def _nothing_to_give(_session: Session, _event_id: int, _owners: Mapping[int, int]) -> None:
    """Where no package above makes sheets, none changes hands."""


NO_SHEETS = WorkSheets(_nothing_to_drop, _never_confirmed, _nothing_to_give)
