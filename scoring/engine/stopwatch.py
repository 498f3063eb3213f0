"""Time taken, from the moments at which a judge pressed the stop watch; kept as moments, reckoned in milliseconds.

A tablet has two clocks and neither is enough. The wall clock (`at`) survives a reload and a sleep, but may be set in
between. The monotonic clock (`mono`, within one `life` of the page) cannot be set, but many devices stop it while they
sleep. So a span is what the wall clock says, less what it was set by while the page was watching (a ``jump``), and
never less than what the monotonic clock saw pass. The server's clock has no part in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from core.errors import InvalidInputError
from core.messages import message
from scoring.engine.exact import NotANumberError, number

MOST_MOMENTS = 200
LONGEST_CREDIT = 24 * 3600

KIND_NAMES = {
    "start": message("开始"),
    "pause": message("暂停"),
    "resume": message("继续"),
    "stop": message("停止"),
    "unstop": message("误停，接着计时"),
    "credit": message("补时"),
    "jump": message("设备时钟被调整"),
    "clear": message("作废重计"),
}
WANT_REASON = ("credit", "clear", "unstop")

_MOVES = {
    ("idle", "start"): "running",
    ("running", "pause"): "paused",
    ("running", "stop"): "stopped",
    ("paused", "resume"): "running",
    ("paused", "stop"): "stopped",
    ("stopped", "unstop"): "running",
}


class StopwatchError(InvalidInputError):
    """The moments of a stop watch are not what a stop watch does."""

    code = "stopwatch"


@dataclass(frozen=True, slots=True)
class Moment:
    """One press of the watch.

    Attributes:
        kind: a key of KIND_NAMES.
        at: the device's wall clock.
        mono: milliseconds of the device's monotonic clock.
        life: names the page's life within which `mono` can be compared.
        shift: of a jump, by how many milliseconds the wall clock was set forward (negative: back).
        credit: of 补时, how many milliseconds are granted.
        reason: why, where it must be said.
    """

    kind: str
    at: datetime
    mono: int
    life: str
    shift: int = 0
    credit: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a watch shows.

    Attributes:
        state: idle, running, paused or stopped.
        gross: milliseconds that ran since the last start.
        credit: milliseconds granted since then.
    """

    state: str
    gross: int
    credit: int

    @property
    def net(self) -> int:
        """The time that counts, never below zero."""
        return max(0, self.gross - self.credit)


def moment_of(document: Mapping[str, Any]) -> Moment:
    """A moment as it is stored.

    Raises:
        StopwatchError: not of that shape.
    """
    try:
        seconds = number(str(document.get("seconds") or "0"))
        at = datetime.fromisoformat(str(document["at"]))
        kind, mono, life = str(document["kind"]), int(document["mono"]), str(document["life"])
    except (KeyError, ValueError, TypeError, NotANumberError) as error:
        raise StopwatchError("计时记录无法识别") from error
    if kind not in KIND_NAMES or at.tzinfo is None:
        raise StopwatchError("计时记录无法识别")
    ms = int(seconds * 1000)
    reason = str(document.get("reason") or "").strip()
    return Moment(kind, at, mono, life, ms if kind == "jump" else 0, ms if kind == "credit" else 0, reason)


def moments_of(documents: Sequence[Mapping[str, Any]]) -> list[Moment]:
    """All moments of one watch, checked to be in an order that a watch allows.

    Raises:
        StopwatchError: too many, out of order, a credit out of bounds, or a reason missing.
    """
    if len(documents) > MOST_MOMENTS:
        raise StopwatchError("一项的计时记录不能多于 %(n)s 条", n=MOST_MOMENTS)
    found = [moment_of(document) for document in documents]
    state = "idle"
    for moment in found:
        state = after_moment(state, moment)
    return found


def after_moment(state: str, moment: Moment) -> str:
    """The state of a watch after one more press.

    Raises:
        StopwatchError: a watch in that state does not allow it, a reason is missing, or a credit is out of bounds.
    """
    if moment.kind in WANT_REASON and not moment.reason:
        raise StopwatchError("“%(kind)s”须写明理由", kind=KIND_NAMES[moment.kind])
    if moment.kind == "credit" and not 0 < moment.credit <= LONGEST_CREDIT * 1000:
        raise StopwatchError("补时须大于零，且不超过一天")
    if moment.kind in ("credit", "jump", "clear") and state != "idle":
        return "idle" if moment.kind == "clear" else state
    if (state, moment.kind) not in _MOVES:
        raise StopwatchError("计时顺序不对：不能在此时“%(kind)s”", kind=KIND_NAMES[moment.kind])
    return _MOVES[(state, moment.kind)]


def reading(moments: Sequence[Moment]) -> Reading:
    """What the watch shows after the last moment; checked moments are expected, see `moments_of`."""
    state, gross, credit = "idle", 0, 0
    last: Moment | None = None
    for moment in moments:
        if last is not None and (state == "running" or moment.kind == "unstop"):
            gross += span(last, moment)
        credit += moment.credit
        state = after_moment(state, moment)
        if state == "idle" or moment.kind == "start":
            gross, credit = 0, 0
        last = moment
    return Reading(state, gross, credit)


def span(first: Moment, then: Moment) -> int:
    """Milliseconds between two moments of one device; see the module's first words."""
    apart = then.at - first.at
    wall = (apart.days * 86_400 + apart.seconds) * 1000 + apart.microseconds // 1000 - then.shift
    passed = then.mono - first.mono if then.life == first.life else 0
    return max(0, wall, passed)


def time_text(milliseconds: int, step: Fraction | None) -> str:
    """A time as it is entered: minutes and seconds, cut to the step of the aspect (whole seconds without one)."""
    unit = step if step is not None and step > 0 else Fraction(1)
    seconds = (Fraction(milliseconds, 1000) // unit) * unit
    minutes, rest = divmod(seconds, 60)
    places = 0
    while places < 3 and (unit * 10**places).denominator != 1:
        places += 1
    whole, part = divmod(int(rest * 10**places), 10**places)
    tail = f".{part:0{places}d}" if places else ""
    return f"{int(minutes)}:{whole:02d}{tail}"
