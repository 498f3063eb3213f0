"""How each judge stands with signing in: devices, the code that waits to be used, and where the judge sits."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from competitions.judges.panels import devices_of, judges_of
from competitions.models import Event, Judge, Module, Panel, Seat
from core.auth import SignIn
from core.db import db
from core.judge_links import SignInLink, links_of
from core.messages import message
from core.permissions import Role

FILTERS = {
    "all": message("全部"),
    "out": message("还没登录"),
    "bare": message("没有登录码"),
    "code": message("登录码待用"),
    "twice": message("几台设备"),
    "unsent": message("有未上传"),
}


@dataclass(slots=True)
class JudgeEntry:
    """One judge.

    Attributes:
        places: events in which the judge sits, in their order.
        devices: those that are signed in, the one heard of last first.
        link: the code that nobody has used yet, if one runs; it may be locked.
        group: place in the order of events and name of the first event; those without a seat come first.
    """

    judge: Judge
    places: list[str] = field(default_factory=list)
    devices: list[SignIn] = field(default_factory=list)
    link: SignInLink | None = None
    group: tuple[int, str] = (0, "")

    @property
    def seen_at(self) -> datetime | None:
        """When a device was heard of last; None if none is signed in."""
        return self.devices[0].last_seen_at if self.devices else None

    @property
    def unsent(self) -> int:
        """Saves that the devices still hold, as they last said."""
        return sum(device.unsent for device in self.devices)

    @property
    def may_come_in(self) -> bool:
        """Signed in already, or holding a code that still works."""
        return bool(self.devices) or (self.link is not None and self.link.locked_at is None)

    def is_among(self, name: str) -> bool:
        """Whether a filter of FILTERS leaves this judge."""
        found = {
            "out": not self.devices,
            "bare": not self.may_come_in,
            "code": self.link is not None,
            "twice": len(self.devices) > 1,
            "unsent": self.unsent > 0,
        }
        return found.get(name, True)


def entries_of(competition_id: int) -> list[JudgeEntry]:
    """The judges of a competition: without a seat, then by event, module and seat as slips are handed out.

    Five queries, however many judges.
    """
    found = {judge.id: JudgeEntry(judge) for judge in judges_of(competition_id)}
    order = {judge_id: number for number, judge_id in enumerate(_seated(competition_id, found))}
    for device in devices_of(competition_id):
        if device.subject_id in found:
            found[device.subject_id].devices.append(device)
    for link in links_of(competition_id):
        if link.subject_id in found:
            found[link.subject_id].link = link
    is_chief = Role.CHIEF_JUDGE
    return sorted(
        found.values(),
        key=lambda one: (
            one.group[0],
            one.judge.role is not is_chief,
            order.get(one.judge.id, len(order)),
            one.judge.id,
        ),
    )


def _seated(competition_id: int, found: dict[int, JudgeEntry]) -> Iterable[int]:
    """The judges who sit somewhere, each once, in the order of their first seats; notes down where."""
    query = (
        select(Seat.judge_id, Event)
        .join(Panel, Panel.id == Seat.panel_id)
        .join(Module, Module.id == Panel.module_id)
        .join(Event, Event.id == Module.event_id)
        .where(Event.competition_id == competition_id)
        .order_by(Event.position, Module.position, Panel.id, Seat.number)
    )
    seen: dict[int, None] = {}
    for judge_id, event in db.session.execute(query):
        seen.setdefault(judge_id)
        one = found[judge_id]
        if not one.places:
            one.group = (event.position, event.title)
        if event.title not in one.places:
            one.places.append(event.title)
    return seen
