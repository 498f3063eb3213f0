"""Charge of single events ends with the role, and stands in nobody's way unsaid."""

import pytest
from at_once import at_once
from factories import make_account, make_actor, make_competition, make_event, make_judge
from flask import Flask
from juries import lines
from sqlalchemy import select, text

from competitions.colleagues.naming import UnnameColleague, unname_colleague
from competitions.events.defining import RemoveEvent, remove_event
from competitions.judges.event_chiefs import ChiefPerson, SetChiefEvents, events_by_chief, set_events
from competitions.models import Event, EventChief
from competitions.setup import InUseError
from core.account_care import RevokeGrant, revoke_grant
from core.accounts import Account
from core.db import db, transaction
from core.errors import DomainError
from core.migrations import downgrade, upgrade
from core.permissions import Role


class Scene:
    """Two events; an account and a judge of the list that are chief judge of the first."""

    def __init__(self) -> None:
        competition = make_competition()
        self.id = competition.id
        self.events = [make_event(competition=competition, name=name).id for name in ("焊工", "电工")]
        self.account: Account = make_account(role=Role.CHIEF_JUDGE, competition_id=self.id, display_name="周正清")
        self.grant = self.account.grants[0].id
        self.judge = make_judge(competition=competition, name="吴裁判长", role=Role.CHIEF_JUDGE)
        self.organiser = make_actor(Role.ORGANISER, self.id, subject_id=999)

    def limit(self, person: ChiefPerson, *events: int) -> None:
        set_events(SetChiefEvents(self.id, person, events, self.organiser))

    def remove(self, event_id: int) -> None:
        remove_event(RemoveEvent(self.id, event_id, self.organiser))

    def charges(self) -> int:
        db.session.rollback()
        return len(db.session.scalars(select(EventChief.id)).all())


@pytest.fixture
def scene(app: Flask) -> Scene:
    found = Scene()
    found.limit(ChiefPerson(None, found.account.id), found.events[0])
    return found


def test_an_event_with_a_chief_of_its_own_says_whom_and_what_to_do(scene: Scene) -> None:
    scene.limit(ChiefPerson(scene.judge.id, None), *scene.events)
    with pytest.raises(InUseError, match="“焊工”有赛项裁判长周正清、吴裁判长，请先在“裁判”页改他们负责的赛项"):
        scene.remove(scene.events[0])
    scene.limit(ChiefPerson(None, scene.account.id))
    scene.limit(ChiefPerson(scene.judge.id, None), scene.events[1])
    scene.remove(scene.events[0])
    assert db.session.get(Event, scene.events[0]) is None


def test_charge_ends_with_the_role_that_a_colleague_takes_back(scene: Scene) -> None:
    assert unname_colleague(UnnameColleague(scene.id, scene.grant, scene.organiser)) == "周正清"
    assert scene.charges() == 0
    assert lines("role.revoked")[-1].detail == {"role": "chief_judge", "events": [scene.events[0]]}
    scene.remove(scene.events[0])  # nothing is left that would be in the way


def test_charge_ends_with_the_role_that_the_administrator_takes_back(scene: Scene) -> None:
    revoke_grant(RevokeGrant(scene.account.id, scene.grant, make_actor(Role.SYSTEM_ADMIN)))
    assert scene.charges() == 0
    assert lines("role.revoked")[-1].detail == {"role": "chief_judge", "events": [scene.events[0]]}


def test_another_role_or_another_competition_takes_no_charge_along(scene: Scene) -> None:
    other = make_account(role=Role.SUPERVISOR, competition_id=scene.id)
    revoke_grant(RevokeGrant(other.id, other.grants[0].id, make_actor(Role.SYSTEM_ADMIN)))
    assert lines("role.revoked")[-1].detail == {"role": "supervisor"}
    everywhere = make_account(role=Role.AUDITOR)
    revoke_grant(RevokeGrant(everywhere.id, everywhere.grants[0].id, make_actor(Role.SYSTEM_ADMIN)))
    assert scene.charges() == 1
    assert events_by_chief(scene.id) == {(None, scene.account.id): frozenset({scene.events[0]})}


@pytest.mark.parametrize("by_administrator", [False, True])
def test_of_charge_given_while_the_role_is_taken_back_nothing_stays(app: Flask, by_administrator: bool) -> None:
    scene = Scene()
    person = ChiefPerson(None, scene.account.id)
    give = SetChiefEvents(scene.id, person, (scene.events[1],), scene.organiser)
    revoke = RevokeGrant(scene.account.id, scene.grant, make_actor(Role.SYSTEM_ADMIN))
    unname = UnnameColleague(scene.id, scene.grant, scene.organiser)
    db.session.rollback()

    def press(gives: bool) -> str:
        try:
            if gives:
                return set_events(give)
            _ = revoke_grant(revoke) if by_administrator else unname_colleague(unname)
        except DomainError as error:
            return error.code
        return "ended"

    outcomes = at_once(app, press, [True, False])
    assert outcomes[0] in ("周正清", "no_chief")
    assert outcomes[1] == "ended"
    assert scene.charges() == 0


def test_charges_that_outlived_a_role_are_cleared_when_the_tables_are_brought_up(app: Flask) -> None:
    scene = Scene()
    kept, left = scene.account, make_account(role=Role.SUPERVISOR, competition_id=scene.id)
    event, judge, kept_id, left_id = scene.events[0], scene.judge.id, kept.id, left.id
    db.session.rollback()
    db.session.remove()
    downgrade("0013")
    charge = text("INSERT INTO event_chief (event_id, judge_id, account_id) VALUES (:e, :j, :a)")
    with transaction() as session:
        for row in ({"j": None, "a": kept_id}, {"j": None, "a": left_id}, {"j": judge, "a": None}):
            session.execute(charge, {"e": event} | row)
    db.session.remove()
    upgrade()
    rows = db.session.execute(select(EventChief.judge_id, EventChief.account_id)).all()
    assert {tuple(row) for row in rows} == {(None, kept_id), (judge, None)}
