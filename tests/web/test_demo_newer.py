"""The demo's newer competitions: registration in every state, one final to be filled and one filled, works by code."""

import pytest
from factories import make_account
from sqlalchemy import func, select

from competitions.enrolment.models import EnrolmentEntry, EntryState
from competitions.models import Entrant
from competitions.work_codes.layers import Standing, layers_in, standing_of, works_in
from core.audit import verify
from core.auth import Actor, SubjectKind
from core.db import db
from core.permissions import Role
from demo import enrolment, stages
from scoring.stages.proposing import Fate
from scoring.stages.reading import way_into


@pytest.fixture
def admin(sqlite_app):
    account = make_account(role=Role.SYSTEM_ADMIN)
    return Actor(SubjectKind.ACCOUNT, account.id, "系统管理员", 0, {None: frozenset({Role.SYSTEM_ADMIN})})


def test_registration_shows_every_state_and_its_link_comes_in(admin, sqlite_app):
    made = enrolment.build(admin)

    query = select(EnrolmentEntry.state, func.count()).group_by(EnrolmentEntry.state)
    counts = dict(db.session.execute(query).all())
    assert counts.keys() == set(EntryState)
    assert counts[EntryState.RETURNED] == 2
    page = sqlite_app.test_client().get(f"/r/{made.token}").text
    assert made.delegation in page
    assert verify() == []


def test_one_final_waits_with_a_tie_and_one_was_filled_by_decision(admin):
    keepers = [make_account(), make_account()]
    chief = Actor(SubjectKind.ACCOUNT, make_account().id, "周正清", 0, {})

    made = stages.build(admin, chief, keepers)

    waiting = way_into(db.session(), made.competition_id, made.events["final"])
    assert [one.fate for one in waiting.candidates].count(Fate.TIED) == 3
    assert waiting.counted("went_on") == 0
    filled = way_into(db.session(), made.competition_id, made.events["final_electrician"])
    assert filled.counted("went_on") == stages.GOES_ON
    assert filled.counted("is_left_out") == 1
    assert verify() == []


def test_the_works_are_coded_and_half_of_them_marked(admin):
    keepers = [make_account(), make_account()]
    chief = Actor(SubjectKind.ACCOUNT, make_account().id, "周正清", 0, {})

    event_id = stages.build(admin, chief, keepers).events["works"]

    assert standing_of(layers_in(db.session(), event_id)) is Standing.CODED
    own = select(func.count(Entrant.id)).where(Entrant.event_id == event_id, Entrant.work_code.is_(None))
    assert len(works_in(db.session(), event_id)) == db.session.scalar(own) > 0
