"""The times of batches that follow one another in one place: so many minutes each, a pause between them. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from core.errors import InvalidInputError

MOST = 60
"""Batches at once."""


class HeatsError(InvalidInputError):
    """Batches that cannot be laid out like this."""

    code = "heats"


@dataclass(frozen=True, slots=True)
class Day:
    """When batches may run: from the first minute of a day to `until`, with a rest from `rest_from` to `rest_until`."""

    until: time | None = None
    rest_from: time | None = None
    rest_until: time | None = None


@dataclass(frozen=True, slots=True)
class Heat:
    """One batch with its time."""

    batch: int
    begins: datetime
    ends: datetime


def heats_of(begins: datetime, batches: int, minutes: int, pause: int, day: Day) -> list[Heat]:
    """The batches one after the other; what does not fit before the rest begins after it, what does not fit into
    the day begins on the next one at the same time of day as the first.

    Args:
        begins: when the first begins, with its timezone.
        batches: how many.
        minutes: how long each takes.
        pause: minutes between two.
        day: when batches may run.

    Raises:
        HeatsError: no batches or too many, no time, a rest that ends before it begins, or a batch that fits nowhere.
    """
    if not 0 < batches <= MOST:
        raise HeatsError("批次应为 1 到 %(most)s 批", most=MOST)
    if not 0 < minutes <= 24 * 60 or not 0 <= pause <= 24 * 60:
        raise HeatsError("每批的分钟数应大于零，间隔不能是负数，都不超过一天")
    if day.rest_from and day.rest_until and day.rest_until <= day.rest_from:
        raise HeatsError("休息的结束时间须晚于开始时间")
    found: list[Heat] = []
    at, length = begins, timedelta(minutes=minutes)
    for batch in range(1, batches + 1):
        at = _fitting(at, length, begins.timetz(), day)
        found.append(Heat(batch, at, at + length))
        at += length + timedelta(minutes=pause)
    return found


def _fitting(at: datetime, length: timedelta, opens: time, day: Day) -> datetime:
    """The first moment from `at` on at which a batch can run to its end."""
    for _try in range(4):
        moved = _after_rest(at, length, day)
        if moved.date() == at.date() and _ends_in_time(moved, length, day):
            return moved
        at = datetime.combine(at.date() + timedelta(days=1), opens)
    raise HeatsError("一批的时间比一天里能用的时间长，排不下")


def _after_rest(at: datetime, length: timedelta, day: Day) -> datetime:
    if not day.rest_from or not day.rest_until:
        return at
    rest_from = datetime.combine(at.date(), day.rest_from, at.tzinfo)
    rest_until = datetime.combine(at.date(), day.rest_until, at.tzinfo)
    return rest_until if at < rest_until and at + length > rest_from else at


def _ends_in_time(at: datetime, length: timedelta, day: Day) -> bool:
    ends = at + length
    midnight = datetime.combine(at.date() + timedelta(days=1), time(), at.tzinfo)
    latest = datetime.combine(at.date(), day.until, at.tzinfo) if day.until else midnight
    return ends <= latest
