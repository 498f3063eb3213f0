"""The demo's labour contest: project teams without persons go through the same rooms to a published result."""

from fractions import Fraction

import pytest
from factories import make_account, make_actor, sign_in_account
from sqlalchemy import select

from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Entrant, EntrantStatus, ModuleKind
from core.audit import verify
from core.auth import Actor, SubjectKind
from core.db import db
from core.permissions import Role
from demo import labour
from scoring.models import ResultLine, ResultSnapshot, ScoreSheet
from scoring.results.standings import published
from scoring.states import SheetState


@pytest.fixture
def contest(sqlite_app):
    account = make_account(role=Role.SYSTEM_ADMIN)
    admin = Actor(SubjectKind.ACCOUNT, account.id, "系统管理员", 0, {None: frozenset({Role.SYSTEM_ADMIN})})
    built = labour.build(admin)
    labour.run(built, make_actor(Role.CHIEF_JUDGE, built.competition_id, subject_id=account.id + 1))
    return built


def result(contest):
    (found,) = published(contest.competition_id)
    query = select(ResultLine).where(ResultLine.snapshot_id == found.snapshot.id).order_by(ResultLine.position)
    return found, list(db.session.scalars(query))


def test_eight_project_teams_are_ranked_by_three_months_and_an_accident_excludes(contest):
    found, lines = result(contest)

    assert found.is_final
    assert db.session.get_one(Competition, contest.competition_id).title == labour.TITLE
    assert [line.rank for line in lines] == ["1", "2", "3", "4", "5", "6", "7", None]
    assert lines[-1].status == "vetoed"
    assert {line.entrant.name for line in lines} == set(labour.UNITS)
    assert all(line.entrant.members == [] and line.entrant.status is EntrantStatus.PRESENT for line in lines)


def test_every_total_is_the_mean_of_its_months_rounded_once(contest):
    _, lines = result(contest)
    months = [i for i, c in enumerate(result(contest)[0].snapshot.document["columns"]) if "/" not in c["id"]]
    assert len(months) == 3
    for line in lines:
        mean = sum(Fraction(line.columns[i]) for i in months) / 3
        assert abs(mean - Fraction(line.total)) <= Fraction(1, 200)


def test_marks_come_from_lists_and_from_judges_and_all_are_confirmed(contest):
    (event_id,) = contest.event_ids
    event = db.session.scalar(select(Entrant).where(Entrant.event_id == event_id)).event
    assert [module.kind for module in event.modules] == [ModuleKind.EXTERNAL, ModuleKind.JUDGED] * 3

    sheets = list(db.session.scalars(select(ScoreSheet)))
    assert len(sheets) == 8 * 3 * (1 + 3)
    assert {sheet.state for sheet in sheets} == {SheetState.CONFIRMED}
    assert db.session.get_one(Competition, contest.competition_id).state is CompetitionState.PUBLIC_NOTICE
    assert verify() == []


def test_every_room_shows_entrants_without_members(contest, sqlite_app):
    client = sqlite_app.test_client()
    competition = db.session.get_one(Competition, contest.competition_id)
    (event_id,) = contest.event_ids
    snapshot = db.session.scalar(select(ResultSnapshot.id))
    entrant = db.session.scalar(select(Entrant.id))
    rooms, marking = f"/competitions/{competition.id}", f"/scoring/competitions/{competition.id}"
    sign_in_account(client, make_account(role=Role.ORGANISER, competition=competition))
    pages = [
        rooms,
        *(f"{rooms}/{room}" for room in ("events", "roster", "roster/print", "draw", "panels", "delegations")),
        *(f"{marking}/{room}" for room in ("board", "results", "delegations/standings?formula=mean")),
        *(f"{marking}/events/{event_id}/{room}" for room in ("board", "analysis", "scheme")),
        *(f"{marking}/snapshots/{snapshot}{room}" for room in ("", "/sheet", "/files/xlsx", "/trials?drop_high=1")),
        f"{marking}/snapshots/{snapshot}/entrants/{entrant}",
        f"/certificates/competitions/{competition.id}/awards",
        f"/results/{competition.id}",
        f"/results/{competition.id}/events/{event_id}",
        f"/results/{competition.id}/hall",
    ]
    statuses = {page: client.get(page).status_code for page in pages}

    assert {page: status for page, status in statuses.items() if status not in (200, 302)} == {}
