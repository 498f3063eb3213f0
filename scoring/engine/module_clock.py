"""The time of a whole module: one watch for all who start together, with each contestant's own end and time granted.

It is kept as presses, for everybody or for some. What one contestant's time comes to is read by the stop watch itself
(`scoring.engine.stopwatch`) from the presses that concern this contestant, so that a time taken for all and a time
taken one by one are the same thing, and the presses can be shown as what the time rests on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scoring.engine.stopwatch import KIND_NAMES, Moment, Reading, StopwatchError, after_moment, reading

MOST_PRESSES = 1000
SAME_SECONDS = 2
"""Two reckonings of one moment this near each other differ by the network's delay, not by a clock that was set."""
WHOLE_KINDS = ("start", "pause", "resume", "stop", "unstop", "credit", "clear")
SINGLE_KINDS = ("stop", "unstop", "credit")


@dataclass(frozen=True, slots=True)
class Press:
    """One press of a module's clock.

    Attributes:
        moment: what was pressed and when, by the server's clock.
        entrants: ids of those whom it concerns; empty for everybody.
    """

    moment: Moment
    entrants: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Lane:
    """One contestant's time.

    Attributes:
        reading: state and times, as a stop watch shows them.
        moments: the moments that it was read from, since the clock was last begun.
    """

    reading: Reading
    moments: tuple[Moment, ...]


def checked(presses: Iterable[Press]) -> list[Press]:
    """The presses in the order of time, if a clock allows them.

    Raises:
        StopwatchError: too many, for everybody out of order, or for contestants whom none of them concerns.
    """
    ordered = sorted(presses, key=lambda press: press.moment.at)
    if len(ordered) > MOST_PRESSES:
        raise StopwatchError("一个计时的记录不能多于 %(n)s 条", n=MOST_PRESSES)
    state = "idle"
    for number, press in enumerate(ordered):
        if press.entrants:
            _require_concerned(ordered[:number], press, state)
        elif press.moment.kind not in WHOLE_KINDS:
            raise StopwatchError("计时记录无法识别")
        else:
            state = after_moment(state, press.moment)
    return ordered


def _require_concerned(before: Sequence[Press], press: Press, state: str) -> None:
    kind = press.moment.kind
    if kind not in SINGLE_KINDS:
        raise StopwatchError("“%(kind)s”只能对全体进行", kind=KIND_NAMES.get(kind, kind))
    if kind == "unstop" and state == "paused":
        raise StopwatchError("全场已暂停，请先继续，再恢复个别选手")
    for entrant in press.entrants:
        try:
            after_moment(lane(before, entrant).reading.state, press.moment)
        except StopwatchError:
            continue
        return
    after_moment(lane(before, min(press.entrants)).reading.state, press.moment)


def whole(presses: Sequence[Press]) -> Reading:
    """What the clock shows for everybody; checked presses are expected."""
    return reading([press.moment for press in presses if not press.entrants])


def lane(presses: Sequence[Press], entrant: int) -> Lane:
    """One contestant's time; checked presses are expected.

    Whoever has ended is no longer concerned by what is pressed for everybody, but for a new beginning. An end that was
    taken back has not been, so that a pause in between counts as a pause.
    """
    concerned = _without_ends_taken_back(presses, entrant)
    kept: list[Moment] = []
    state, ended_alone = "idle", False
    for press in concerned:
        is_own, kind = bool(press.entrants), press.moment.kind
        if kind == "clear":
            kept, state, ended_alone = [], "idle", False
            continue
        if not is_own and state == "stopped" and (ended_alone or kind not in ("unstop", "credit")):
            continue
        try:
            state = after_moment(state, press.moment)
        except StopwatchError:
            continue
        kept.append(press.moment)
        ended_alone = is_own if kind == "stop" else ended_alone and kind != "unstop"
    return Lane(reading(kept), tuple(kept))


def _without_ends_taken_back(presses: Sequence[Press], entrant: int) -> list[Press]:
    found: list[Press] = []
    for press in presses:
        if press.entrants and entrant not in press.entrants:
            continue
        if not press.entrants and press.moment.kind == "clear":
            found = []
        own_ends = [n for n, one in enumerate(found) if one.entrants and one.moment.kind == "stop"]
        if press.entrants and press.moment.kind == "unstop" and own_ends:
            del found[own_ends[-1]]
            continue
        found.append(press)
    return found


def placed(earlier: Sequence[Press], moment: Moment) -> Moment:
    """A moment at its place in time: by the monotonic clock where the same page has pressed before, else as estimated.

    Args:
        earlier: what has been pressed, by the server's clock.
        moment: with the server's time less the moment's age when it came in, which the network's delay makes too late.
    """
    same = [press.moment for press in earlier if press.moment.life == moment.life]
    if not same:
        return moment
    exact = same[-1].at + timedelta(milliseconds=moment.mono - same[-1].mono)
    is_near = abs(exact - moment.at) <= timedelta(seconds=SAME_SECONDS)
    return replace(moment, at=exact) if is_near else moment


def ends_at(shown: Lane, allowed_ms: int, now: datetime) -> int:
    """Milliseconds that are left of the time allowed, time granted added; negative once it is over.

    Args:
        shown: one contestant's time.
        allowed_ms: for everybody.
        now: for a watch that runs.
    """
    running = now - shown.moments[-1].at if shown.reading.state == "running" else timedelta()
    return allowed_ms + shown.reading.credit - shown.reading.gross - running // timedelta(milliseconds=1)
