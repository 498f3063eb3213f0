"""The only place that asks the time: everything else calls `now` or `competition_day`; tests replace `_now`."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")


def _system_now() -> datetime:
    return datetime.now(UTC)


_now: Callable[[], datetime] = _system_now


def now() -> datetime:
    """The present moment, timezone-aware, in UTC."""
    return _now()


def competition_day() -> date:
    """Today's date in Beijing."""
    return now().astimezone(BEIJING).date()
