"""What is known of a contestant's own entry before results are: whether it stands, what was drawn, who came when.

Only what is on record; times and places are the timetable's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.check_in.reading import Arrival, arrival_of
from competitions.models import Contestant, EntrantStatus, Module
from competitions.timetable.reading import batch_and_station
from scoring.timing.models import ModuleTiming


@dataclass(frozen=True, slots=True)
class OwnModule:
    """A module of the event and how long everybody has, in seconds; None where no limit is laid down."""

    name: str
    stage: str
    allowed: int | None


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """How one contestant's entry stands. `number`, `batch` and `station` are empty before the draw."""

    status: EntrantStatus
    arrival: Arrival | None
    number: int | None
    batch: int | None
    station: int | None
    modules: tuple[OwnModule, ...]

    @property
    def is_expected(self) -> bool:
        """Whether the contestant still competes."""
        return self.status in (EntrantStatus.REGISTERED, EntrantStatus.PRESENT)


def own_entry(session: Session, contestant: Contestant) -> OwnEntry:
    """The entry of one contestant. Three queries, none over the whole field."""
    entrant = contestant.entrant
    batch, station = batch_and_station(session, entrant.event_id, entrant.id)
    return OwnEntry(
        status=entrant.status,
        arrival=arrival_of(session, contestant),
        number=entrant.draw_number,
        batch=batch,
        station=station,
        modules=tuple(_modules(session, entrant.event_id)),
    )


def _modules(session: Session, event_id: int) -> Sequence[OwnModule]:
    query = (
        select(Module.name, Module.stage, ModuleTiming.allowed_seconds)
        .outerjoin(ModuleTiming, ModuleTiming.module_id == Module.id)
        .where(Module.event_id == event_id)
        .order_by(Module.position)
    )
    return [OwnModule(name, stage, allowed) for name, stage, allowed in session.execute(query)]
