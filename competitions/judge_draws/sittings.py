"""Which modules are judged at one time, by the hours of a timetable. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

Span = tuple[datetime, datetime]
"""From when to when."""


class InEvent(Protocol):
    """A module, as far as it matters here."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def event_id(self) -> int:
        """The event that it is part of."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When judges have to be there: by module, and by event where a session names no module."""

    modules: dict[int, list[Span]] = field(default_factory=lambda: defaultdict(list))
    events: dict[int, list[Span]] = field(default_factory=lambda: defaultdict(list))

    def add(self, event_id: int, module_id: int | None, span: Span) -> None:
        """Another session."""
        if module_id is None:
            self.events[event_id].append(span)
        else:
            self.modules[module_id].append(span)

    def own(self, module: InEvent) -> list[Span]:
        """The sessions of the module alone."""
        return self.modules.get(module.id, [])

    def of(self, module: InEvent) -> list[Span]:
        """All at which its judges have to be."""
        return [*self.own(module), *self.events.get(module.event_id, [])]


def is_at_once(first: InEvent, second: InEvent, hours: Hours) -> bool:
    """Whether nobody can judge both: two sessions have some time in common.

    What concerns a whole event does not keep its modules from each other: there the same judges sit together.
    Where the timetable says nothing, nothing is known to clash.
    """
    if first.id == second.id:
        return False
    spans = (hours.own, hours.own) if first.event_id == second.event_id else (hours.of, hours.of)
    return any(a[0] < b[1] and b[0] < a[1] for a in spans[0](first) for b in spans[1](second))


def sittings_of(modules: Sequence[InEvent], hours: Hours) -> dict[int, str]:
    """Module → a word for its sitting. Modules that are judged at one time have one, also over a third between them."""
    sitting = {module.id: number for number, module in enumerate(modules)}
    for place, first in enumerate(modules):
        for second in modules[place + 1 :]:
            if is_at_once(first, second, hours):
                kept, other = sorted((sitting[first.id], sitting[second.id]))
                sitting = {key: kept if number == other else number for key, number in sitting.items()}
    return {key: str(number + 1) for key, number in sitting.items()}
