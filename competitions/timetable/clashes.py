"""Whether a timetable wants somebody or some place twice at one time. Pure; what it finds is shown, never refused."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Slot:
    """A session as far as a clash is concerned.

    Attributes:
        key: by which the caller knows it.
        begins: from here on people and the place are taken, timezone-aware or all naive.
        ends: from here on they are free again.
        place: as it was written; empty where nobody has said.
        contestants: ids of the persons who must be there.
        judges: ids of the judges who must be there.
    """

    key: int
    begins: datetime
    ends: datetime
    place: str = ""
    contestants: frozenset[int] = field(default_factory=frozenset)
    judges: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Clash:
    """Two sessions that overlap and want the same; `first` begins no later than `second`."""

    first: int
    second: int
    is_one_place: bool
    contestants: frozenset[int]
    judges: frozenset[int]


def clashes_of(slots: Sequence[Slot]) -> list[Clash]:
    """All pairs that want the same place or the same person at one time, in the order of their beginnings.

    Where one ends and another begins at the same moment there is no clash.
    """
    found = (_clash(first, second) for first, second in overlapping(slots))
    return [clash for clash in found if clash.is_one_place or clash.contestants or clash.judges]


def overlapping(slots: Sequence[Slot]) -> Iterator[tuple[Slot, Slot]]:
    """Every pair of sessions that have some time in common, each once."""
    ordered = sorted(slots, key=lambda slot: (slot.begins, slot.key))
    for number, first in enumerate(ordered):
        for second in ordered[number + 1 :]:
            if second.begins >= first.ends:
                break
            yield first, second


def _clash(first: Slot, second: Slot) -> Clash:
    is_one_place = bool(first.place.strip()) and same_place(first.place) == same_place(second.place)
    return Clash(
        first.key, second.key, is_one_place, first.contestants & second.contestants, first.judges & second.judges
    )


def same_place(place: str) -> str:
    """A place as it is compared: two ways of writing 「1 号馆」 are one place."""
    return "".join(unicodedata.normalize("NFKC", place).casefold().split())
