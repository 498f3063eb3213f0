"""What a draw of judges depends on, gathered: seats to be drawn, who takes part, who may not sit where, and why."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.judge_draws.lots import Candidate, Lots, PanelLots
from competitions.judge_draws.places import Group, PanelsDifferError, Size, Wishes, groups_of
from competitions.judge_draws.sittings import Hours, is_at_once, sittings_of
from competitions.judges.conflicts import unit_key
from competitions.judges.panels import judges_of
from competitions.judges.recusal import barred_judges
from competitions.models import Event, Judge, Module, Panel, Seat
from competitions.timetable.kinds import WITH_JUDGES
from competitions.timetable.models import TimetableSession
from core.permissions import Role


@dataclass(frozen=True, slots=True)
class Terms:
    """How judges are drawn.

    Attributes:
        modules: of which, by id, each with how many panels it is to have.
        joint: whether the first panels of all modules are the same people, the second ones, and so on.
        keep: whether those who sit already stay, and only what is empty is drawn.
        apart: whether a panel has nobody of the same unit twice.
        one_only: whether nobody gets a seat who has one, nor two.
        chiefs: whether chief judges take part.
        left_out: judges who do not take part.
        new_name: name of a panel that is made, with %(n)s for its number.
    """

    modules: Mapping[int, Size]
    joint: bool = False
    keep: bool = True
    apart: bool = True
    one_only: bool = False
    chiefs: bool = False
    left_out: frozenset[int] = frozenset()
    new_name: str = "第%(n)s组"


class Why(StrEnum):
    """Whether a judge takes part in a draw, and if not, why."""

    IN = "in"
    CHIEF = "chief"
    LEFT_OUT = "left_out"
    BARRED = "barred"
    ELSEWHERE = "elsewhere"
    """On no panel that is drawn: seated at that time, or there already."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that is drawn from.

    Attributes:
        groups: the panels, one or several modules each.
        lots: as they are drawn.
        judges: everybody of the competition's list, in its order.
        why: of each of them.
        barred: judge → the sentence that bars.
        untimed: modules drawn of whose time the timetable says nothing.
    """

    groups: tuple[Group, ...]
    lots: Lots
    judges: tuple[Judge, ...]
    why: Mapping[int, Why]
    barred: Mapping[int, str]
    untimed: tuple[Module, ...]


def gather(session: Session, event: Event, terms: Terms, wanted: Mapping[str, int]) -> Gathered:
    """Everything, as it stands now.

    Args:
        session: to read with.
        event: of which judges are drawn.
        terms: how.
        wanted: code of a module → judges that the scheme asks for, 0 or missing where it leaves that open.

    Raises:
        SeatsOpenError: the scheme says nothing of how many judges, and nobody else does.
        InvalidInputError: no module, or panels that cannot be drawn together.
        NotFoundError: a module that is no judged one of this event.
    """
    groups = groups_of(event.modules, Wishes(terms.modules, wanted, terms.joint, terms.keep, terms.new_name))
    modules = [module for module in event.modules if module.id in terms.modules]
    judges = tuple(judges_of(event.competition_id))
    known = _Known(
        held=_held(session, event.competition_id, () if terms.keep else terms.modules),
        hours=_hours(session, event.competition_id),
        units=_units(judges) if terms.apart else {},
    )
    if terms.joint:
        _require_one_after_the_other(modules, known.hours)
    barred = barred_judges(event.id, judges)
    why = {judge.id: _why(judge, terms, barred) for judge in judges}
    sittings = sittings_of(modules, known.hours)
    filling = [group for group in groups if group.open_seats]
    panels = tuple(
        PanelLots(group.id, group.open_seats, sittings[group.places[0].module.id], len(group.kept) + 1)
        for group in filling
    )
    candidates = []
    for judge_id in (judge.id for judge in judges if why[judge.id] is Why.IN):
        off = frozenset(group.id for group in filling if known.is_off(judge_id, group))
        if len(off) == len(filling) or (terms.one_only and known.held[judge_id]):
            why[judge_id] = Why.ELSEWHERE
        else:
            unit = known.units.get(judge_id, "")
            candidates.append(Candidate(str(judge_id), len(known.held[judge_id]), unit, off))
    lots = Lots(panels, tuple(candidates), terms.apart, terms.one_only)
    untimed = tuple(module for module in modules if not known.hours.of(module))
    return Gathered(groups, lots, judges, why, barred, untimed)


def _require_one_after_the_other(modules: Sequence[Module], hours: Hours) -> None:
    for place, first in enumerate(modules):
        for second in modules[place + 1 :]:
            if is_at_once(first, second, hours):
                raise PanelsDifferError(
                    "“%(first)s”和“%(second)s”在日程里时间重叠，不能由同一组裁判评；请分模块抽",
                    first=first.name,
                    second=second.name,
                )


def _why(judge: Judge, terms: Terms, barred: Mapping[int, str]) -> Why:
    if judge.role is Role.CHIEF_JUDGE and not terms.chiefs:
        return Why.CHIEF
    if judge.id in barred:
        return Why.BARRED
    return Why.LEFT_OUT if judge.id in terms.left_out else Why.IN


@dataclass(frozen=True, slots=True)
class _Known:
    """What keeps a judge off a panel."""

    held: Mapping[int, Sequence[Module]]
    hours: Hours
    units: Mapping[int, str]
    """Empty where it does not matter."""

    def is_off(self, judge_id: int, group: Group) -> bool:
        """Whether the judge sits there or elsewhere at the time, or comes from the unit of somebody who sits there."""
        unit = self.units.get(judge_id)
        if unit is not None and any(self.units.get(kept) == unit for kept in group.kept):
            return True
        return any(
            held.id == place.module.id or is_at_once(held, place.module, self.hours)
            for held in self.held[judge_id]
            for place in group.places
        )


def _held(session: Session, competition_id: int, cleared: Collection[int]) -> dict[int, list[Module]]:
    """Judge → the module of each seat that stays."""
    query = (
        select(Seat.judge_id, Module)
        .join(Panel, Panel.id == Seat.panel_id)
        .join(Module, Module.id == Panel.module_id)
        .join(Event, Event.id == Module.event_id)
        .where(Event.competition_id == competition_id)
        .order_by(Seat.id)
    )
    found: dict[int, list[Module]] = defaultdict(list)
    for judge_id, module in session.execute(query):
        if module.id not in cleared:
            found[judge_id].append(module)
    return found


def _hours(session: Session, competition_id: int) -> Hours:
    """When judges have to be where, by all of the timetable that stands, drafts too."""
    query = select(TimetableSession).where(
        TimetableSession.competition_id == competition_id,
        TimetableSession.event_id.is_not(None),
        TimetableSession.called_off_at.is_(None),
        TimetableSession.kind.in_(WITH_JUDGES),
    )
    hours = Hours()
    for one in session.scalars(query):
        hours.add(one.event_id or 0, one.module_id, (one.begins_at, one.ends_at))
    return hours


def _units(judges: Sequence[Judge]) -> dict[int, str]:
    """Judge → a word for the unit, of those who share one: the id of the first of them, so that no name is kept."""
    together: dict[str, list[int]] = defaultdict(list)
    for judge in judges:
        together[unit_key(judge.unit)].append(judge.id)
    return {one: str(min(own)) for key, own in together.items() if key and len(own) > 1 for one in own}
