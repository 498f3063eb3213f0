"""The shapes in which a tablet sends presses of modules' clocks and reads the clocks."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from scoring.timing.keeping import MOST_AT_ONCE, PressClock
from scoring.timing.reading import Clock, StoredPress, TimedModule


class _PressShape(BaseModel):
    """What every press says, whichever way it comes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: UUID
    module_id: int
    batch: Annotated[int, Field(ge=0, le=10_000)]
    kind: Annotated[str, Field(max_length=12)]
    at: AwareDatetime
    mono: Annotated[int, Field(ge=0, le=2**53)]
    life: Annotated[str, Field(max_length=40)]
    entrants: Annotated[list[int], Field(max_length=1000)] = []
    seconds: Annotated[str, Field(max_length=20)] = ""
    reason: Annotated[str, Field(max_length=300)] = ""

    @property
    def document(self) -> dict[str, Any]:
        """What `scoring.engine.stopwatch.moment_of` reads."""
        return self.model_dump(mode="json", include={"kind", "at", "mono", "life", "seconds", "reason"})


class PressBody(_PressShape):
    """One press as it comes by the network; see `scoring.timing.keeping.PressClock`."""

    age_ms: Annotated[int, Field(ge=0, le=2**53)]

    def command(self) -> PressClock:
        """What the body asks for."""
        return PressClock(self.module_id, self.batch, self.key, self.document, frozenset(self.entrants), self.age_ms)


class HandedPress(_PressShape):
    """One press as it comes in a hand-over, which may lie about for days before it is read."""

    pressed_at: AwareDatetime

    def command(self) -> PressClock:
        """What the row asks for."""
        concerned = frozenset(self.entrants)
        return PressClock(self.module_id, self.batch, self.key, self.document, concerned, pressed_at=self.pressed_at)


class PressesBody(BaseModel):
    """`POST /scoring/clocks/presses`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    presses: Annotated[list[PressBody], Field(max_length=MOST_AT_ONCE)]


def clock_document(timed: TimedModule, clocks: list[Clock]) -> dict[str, Any]:
    """A module's clocks as a tablet gets them; contestants are their draw numbers."""
    return {
        "module_id": timed.module.id,
        "event": timed.event.name,
        "module": timed.module.name,
        "allowed_seconds": timed.timing.allowed_seconds if timed.timing else None,
        "may_keep": timed.may_keep,
        "batches": [
            {
                "batch": clock.batch,
                "members": [
                    {
                        "id": member.entrant_id,
                        "draw_number": member.draw_number,
                        "station": member.station,
                        "status": member.status.value,
                    }
                    for member in clock.members
                ],
                "presses": [_press(stored) for stored in clock.log],
            }
            for clock in clocks
        ],
    }


def _press(stored: StoredPress) -> dict[str, Any]:
    moment = stored.press.moment
    found = {"kind": moment.kind, "at": moment.at.isoformat(), "mono": moment.mono, "life": moment.life}
    more = {"seconds": stored.seconds, "reason": moment.reason, "entrants": sorted(stored.press.entrants)}
    return found | {name: value for name, value in more.items() if value}
