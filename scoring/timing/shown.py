"""A module's clock as a page shows it: times in words, who is over time, what may be pressed now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from scoring.engine.module_clock import Lane, ends_at
from scoring.engine.stopwatch import Moment, time_text
from scoring.sheets.board import OUT
from scoring.timing.models import ModuleTiming
from scoring.timing.reading import Clock, Member, StoredPress

WAYS = {
    "idle": ("start",),
    "running": ("pause", "stop", "credit", "clear"),
    "paused": ("resume", "stop", "credit", "clear"),
    "stopped": ("unstop", "credit", "clear"),
}
"""State of the clock to what may be pressed for everybody."""


@dataclass(frozen=True, slots=True)
class ShownLane:
    """One contestant's time in words.

    Attributes:
        time: what counts, time granted taken off.
        credit: time granted; empty if there is none.
        left: of the time allowed; empty without a limit and for who ended within it.
        is_over: the time allowed is over.
    """

    member: Member
    state: str
    time: str
    credit: str
    left: str
    is_over: bool
    is_out: bool


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line of the log."""

    stored: StoredPress
    numbers: tuple[int | None, ...]
    credit: str


@dataclass(frozen=True, slots=True)
class ShownClock:
    """The clock of a batch as the page has it at one moment.

    Attributes:
        runs_since_ms: what a watch that runs has come to at that moment, for a script that goes on counting; None of
            one that stands still.
    """

    batch: int
    state: str
    time: str
    left: str
    is_over: bool
    runs_since_ms: int | None
    allowed_ms: int | None
    ways: tuple[str, ...]
    lanes: tuple[ShownLane, ...]
    log: tuple[ShownLine, ...]


def shown_clock(clock: Clock, timing: ModuleTiming | None, moment: datetime) -> ShownClock:
    """A clock at one moment, by the server's time."""
    allowed = timing.allowed_seconds * 1000 if timing and timing.allowed_seconds else None
    whole_moments = tuple(press.moment for press in clock.presses if not press.entrants)
    whole = Lane(clock.whole, whole_moments)
    elapsed = _elapsed(whole, moment)
    left = None if allowed is None or clock.whole.state == "idle" else ends_at(whole, allowed, moment)
    numbers = {member.entrant_id: member.draw_number for member in clock.members}
    return ShownClock(
        batch=clock.batch,
        state=clock.whole.state,
        time=time_text(elapsed, None),
        left="" if left is None else time_text(abs(left), None),
        is_over=left is not None and left < 0,
        runs_since_ms=elapsed if clock.whole.state == "running" else None,
        allowed_ms=None if allowed is None else allowed + clock.whole.credit,
        ways=WAYS[clock.whole.state],
        lanes=tuple(_lane(member, clock.lanes[member.entrant_id], allowed, moment) for member in clock.members),
        log=tuple(_line(stored, numbers) for stored in reversed(clock.log)),
    )


def _elapsed(lane: Lane, moment: datetime) -> int:
    """Milliseconds that have run, without taking off what was granted."""
    last: Moment | None = lane.moments[-1] if lane.moments else None
    if last is None or lane.reading.state != "running":
        return lane.reading.gross
    return lane.reading.gross + max(0, (moment - last.at) // timedelta(milliseconds=1))


def _lane(member: Member, lane: Lane, allowed: int | None, moment: datetime) -> ShownLane:
    state = lane.reading.state
    left = None if allowed is None or state == "idle" else ends_at(lane, allowed, moment)
    left = None if left is not None and left >= 0 and state == "stopped" else left
    return ShownLane(
        member=member,
        state=state,
        time="" if state == "idle" else time_text(max(0, _elapsed(lane, moment) - lane.reading.credit), None),
        credit=time_text(lane.reading.credit, None) if lane.reading.credit else "",
        left="" if left is None else time_text(abs(left), None),
        is_over=left is not None and left < 0,
        is_out=member.status in OUT,
    )


def _line(stored: StoredPress, numbers: dict[int, int | None]) -> ShownLine:
    moment = stored.press.moment
    concerned = tuple(sorted((numbers.get(one) for one in stored.press.entrants), key=lambda number: number or 0))
    return ShownLine(stored, concerned, time_text(moment.credit, None) if moment.credit else "")
