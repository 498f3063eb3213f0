"""Chief judges of single events (赛项裁判长), beside those of the whole competition (总裁判长)."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from competitions.judges.chiefs import chiefs_of
from competitions.judges.panels import judge_of, require_running
from competitions.models import Competition, Event, EventChief
from competitions.setup import locked_competition
from core.accounts import Account, RoleGrant
from core.audit import record
from core.auth import Actor, SubjectKind
from core.db import db, transaction
from core.errors import InvalidInputError, NotFoundError
from core.permissions import Role


class NoChiefError(InvalidInputError):
    """Somebody is to have charge of events who is no chief judge."""

    code = "no_chief"


@dataclass(frozen=True, slots=True)
class ChiefPerson:
    """A judge of the list, or an account; exactly one of them."""

    judge_id: int | None
    account_id: int | None


@dataclass(frozen=True, slots=True)
class SetChiefEvents:
    """Of which events a chief judge has charge; none is the whole competition."""

    competition_id: int
    person: ChiefPerson
    event_ids: tuple[int, ...]
    actor: Actor


def set_events(command: SetChiefEvents) -> str:
    """Store the events, which hold from the person's next request on; returns the person's name.

    Raises:
        NotFoundError: no such judge, or an event of another competition.
        NoChiefError: the person is no chief judge here.
        WrongStateError: the competition is over or was called off.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        require_running(competition)
        name = _chief_name(session, competition.id, command.person)
        events = sorted(set(command.event_ids))
        known = set(session.scalars(select(Event.id).where(Event.competition_id == competition.id)))
        if not known.issuperset(events):
            raise NotFoundError("没有这个赛项")
        own = select(EventChief.id).where(_is(command.person), EventChief.event_id.in_(known))
        session.execute(delete(EventChief).where(EventChief.id.in_(own)))
        person = command.person
        session.add_all(EventChief(event_id=e, judge_id=person.judge_id, account_id=person.account_id) for e in events)
        target = f"judge:{person.judge_id}" if person.judge_id else f"account:{person.account_id}"
        detail = {"name": name, "events": events}
        record(session, command.actor.act("chief_judge.events_set", target, competition.id, detail))
        return name


def end_charge(session: Session, competition_id: int, person: ChiefPerson) -> list[int]:
    """Take all charge of single events from somebody whose role ends, inside a transaction that holds the competition.

    Returns the events, for the audit line of that: named again, the person has charge of nothing unseen.
    """
    known = select(Event.id).where(Event.competition_id == competition_id)
    rows = session.scalars(select(EventChief).where(_is(person), EventChief.event_id.in_(known))).all()
    for row in rows:
        session.delete(row)
    session.flush()
    return sorted(row.event_id for row in rows)


def charge_ends(session: Session, grant: RoleGrant) -> dict[str, list[int]]:
    """What else ends with an account's role, for the audit line of it: of a chief judge the charge of single events.

    Whoever takes a role back asks this first, so that nobody can give charge in between.
    """
    if grant.role is not Role.CHIEF_JUDGE or grant.competition_id is None:
        return {}
    locked_competition(session, grant.competition_id)
    events = end_charge(session, grant.competition_id, ChiefPerson(None, grant.account_id))
    return {"events": events} if events else {}


def _is(person: ChiefPerson) -> ColumnElement[bool]:
    if person.judge_id is not None:
        return EventChief.judge_id == person.judge_id
    return EventChief.account_id == person.account_id


def _chief_name(session: Session, competition_id: int, person: ChiefPerson) -> str:
    if (person.judge_id is None) == (person.account_id is None):
        raise NoChiefError("请选择一名裁判长")
    if person.judge_id is not None:
        judge = judge_of(session, competition_id, person.judge_id)
        if judge.role is not Role.CHIEF_JUDGE:
            raise NoChiefError("%(name)s不是裁判长", name=judge.name)
        return judge.name
    grant = select(RoleGrant.id).where(
        RoleGrant.account_id == person.account_id,
        RoleGrant.competition_id == competition_id,
        RoleGrant.role == Role.CHIEF_JUDGE,
    )
    account = session.get(Account, person.account_id)
    if account is None or session.scalar(grant) is None:
        raise NoChiefError("这个账号不是裁判长")
    return account.display_name


def events_by_chief(competition_id: int) -> dict[tuple[int | None, int | None], frozenset[int]]:
    """Judge or account (as pair, the other None) → the events of which they have charge; who is missing has all."""
    query = select(EventChief).join(Event, Event.id == EventChief.event_id)
    found: dict[tuple[int | None, int | None], frozenset[int]] = {}
    for row in db.session.scalars(query.where(Event.competition_id == competition_id)):
        person = (row.judge_id, row.account_id)
        found[person] = found.get(person, frozenset()) | {row.event_id}
    return found


def events_without_chief(competition: Competition) -> list[Event]:
    """The events of which nobody has charge; none where somebody has charge of all."""
    chiefs, events = chiefs_of(competition.id), events_by_chief(competition.id)
    people = [(judge.id, None) for judge in chiefs.judges] + [(None, grant.account_id) for grant in chiefs.accounts]
    if any(person not in events for person in people):
        return []
    headed = frozenset().union(*(events[person] for person in people)) if people else frozenset()
    return [event for event in competition.events if event.id not in headed]


def charge_of(actor: Actor, competition_id: int) -> frozenset[int] | None:
    """The events of which `actor` has charge as chief judge; None where it is all, or where the actor is no chief."""
    if Role.CHIEF_JUDGE not in actor.roles.get(competition_id, frozenset()):
        return None
    is_judge = actor.kind is SubjectKind.JUDGE
    own: Mapping[str, int | None] = {
        "judge_id": actor.subject_id if is_judge else None,
        "account_id": None if is_judge else actor.subject_id,
    }
    query = select(EventChief.event_id).join(Event, Event.id == EventChief.event_id)
    found = db.session.scalars(query.where(Event.competition_id == competition_id, _is(ChiefPerson(**own))))
    return frozenset(found) or None


def roles_over_all(actor: Actor, competition_id: int) -> frozenset[Role]:
    """The roles that a person holds over a whole competition; a chief judge of single events is none of all."""
    roles = actor.roles.get(competition_id, frozenset()) | actor.roles.get(None, frozenset())
    return roles if charge_of(actor, competition_id) is None else roles - {Role.CHIEF_JUDGE}
