"""Figures from what is stored: final results alone, approved is not promoted, and nobody sees another's figures."""

import json

import pytest
from awarded import Row, make_published
from factories import make_account, make_actor, make_competition, make_entrant, make_event, sign_in_account, stored
from flagged import approve, make_flagged
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from certificates.models import LevelCertificate
from certificates.statistics.figures import Group, Measure
from certificates.statistics.models import StatisticsTerms
from certificates.statistics.stating import (
    ExportStatistics,
    StateTerms,
    export_statistics,
    of_all,
    of_competition,
    state_terms,
)
from competitions.models import Contestant, EntrantStatus, Form, Person
from core.audit import AuditEntry
from core.clock import now
from core.db import db, transaction
from core.errors import InvalidInputError, NotFoundError
from core.permissions import Role
from core.spreadsheets import read_spreadsheet

TERMS = {"workforce": 200, "workforce_source": "年报", "basis": "took_part", "benefits": ["awarded", "promoted"]}


def figures(published, **over):
    db.session.expire_all()
    return of_competition(published.competition_id, **({"is_public": False} | over))


def state(published, **over):
    state_terms(StateTerms(published.competition_id, TERMS | over, published.organiser))


def test_approved_is_counted_apart_from_promoted(app):
    published = make_flagged()
    before = figures(published).totals
    assert (before[Measure.PROMOTION_APPROVED], before[Measure.PROMOTED], before[Measure.AWARDED]) == (0, 0, 3)
    approve(published)
    stored(
        LevelCertificate(
            competition_id=published.competition_id,
            contestant_id=published.contestant_ids[1],
            level=2,
            number="S1",
            read_at=now(),
            read_by="赵组织",
        )
    )
    after = figures(published).totals
    assert (after[Measure.PROMOTION_APPROVED], after[Measure.PROMOTED]) == (1, 1)


def test_a_result_that_is_not_final_gives_no_prizes(sqlite_app):
    found = figures(make_published(is_final=False))
    assert (found.totals[Measure.TOOK_PART], found.totals[Measure.AWARDED]) == (5, 0)


def test_who_was_absent_was_registered_and_did_not_take_part(sqlite_app):
    event = make_event()
    for status in EntrantStatus:
        make_entrant(event_id=event.id, status=status)
    found = of_competition(event.competition_id, is_public=False)
    assert (found.totals[Measure.REGISTERED], found.totals[Measure.TOOK_PART]) == (5, 3)


def test_groups_come_from_registration_and_silence_is_told(sqlite_app):
    published = make_published()
    with transaction() as session:
        members = [session.get_one(Contestant, key) for key in published.contestant_ids]
        members[0].unit_nature, members[1].unit_nature = "非公企业", "公有制企业"
        members[2].is_rural_migrant, members[3].is_new_employment = True, True
        session.get_one(Person, members[4].person_id).sex = "女"
    rows = {row.group: (row.cells[Measure.REGISTERED], row.unknown) for row in figures(published).groups}
    assert rows == {
        Group.NON_PUBLIC: (1, 3),
        Group.RURAL_MIGRANT: (1, 4),
        Group.NEW_EMPLOYMENT: (1, 4),
        Group.WOMEN: (1, 0),
    }


def test_a_woman_student_is_no_woman_worker(sqlite_app):
    entrant = make_entrant(identity="学生")
    with transaction() as session:
        session.get_one(Person, entrant.members[0].person_id).sex = "女"
    found = of_competition(entrant.event.competition_id, is_public=False)
    women = next(row for row in found.groups if row.group is Group.WOMEN)
    assert (women.cells[Measure.REGISTERED], women.unknown) == (0, 0)


def test_units_of_a_labour_contest_are_counted_as_units_and_not_as_people(sqlite_app):
    event = make_event(form=Form.UNIT)
    entrant = make_entrant(event_id=event.id)
    with transaction() as session:
        session.delete(session.get_one(Contestant, entrant.members[0].id))
    found = of_competition(event.competition_id, is_public=False)
    assert (found.units_in_contests, found.totals[Measure.REGISTERED]) == (1, 0)


def test_the_same_person_in_two_competitions_counts_once(app):
    first, second = make_published([Row("1")]), make_published([Row("1")])
    with transaction() as session:
        person_id = session.get_one(Contestant, first.contestant_ids[0]).person_id
        session.get_one(Contestant, second.contestant_ids[0]).person_id = person_id
    roles = {one.competition_id: frozenset({Role.ORGANISER}) for one in (first, second)}
    found = of_all(make_actor(roles=roles), is_public=False)
    assert (found.totals[Measure.TOOK_PART], found.times, len(found.contests)) == (1, 2, 2)


def test_figures_of_a_competition_that_one_does_not_organise_are_not_in_the_sum(sqlite_app):
    mine, theirs = make_published(), make_published()
    assert [one.id for one in of_all(mine.organiser, is_public=False).contests] == [mine.competition_id]
    leads = make_actor(Role.TEAM_LEADER, theirs.competition_id)
    assert of_all(leads, is_public=False).contests == ()


def test_the_newest_statement_counts_and_the_earlier_stays(app):
    published = make_flagged()
    state(published)
    state(published, workforce=80)
    (row,) = figures(published).rates
    assert [rate.percent for rate in row.rates] == ["10.00%", "37.50%"]
    assert len(db.session.scalars(select(StatisticsTerms)).all()) == 2
    acts = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action == "statistics.terms_stated")).all()
    assert len(acts) == 2


@pytest.mark.parametrize("act", ["UPDATE statistics_terms SET stated_by = 'x'", "DELETE FROM statistics_terms"])
def test_a_statement_cannot_be_changed_in_the_database(app, act):
    state(make_published())
    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(text(act))


def test_a_statement_that_cannot_be_leaves_no_trace(sqlite_app):
    published = make_published()
    with pytest.raises(InvalidInputError):
        state(published, workforce_source="")
    assert db.session.scalar(select(StatisticsTerms)) is None


def test_a_competition_that_does_not_exist_has_no_figures(sqlite_app):
    with pytest.raises(NotFoundError):
        of_competition(999, is_public=False)
    with pytest.raises(NotFoundError):
        state_terms(StateTerms(999, TERMS, make_actor()))


def test_taking_figures_away_is_recorded(sqlite_app):
    published = make_published()
    export_statistics(ExportStatistics(published.competition_id, True, published.organiser))
    export_statistics(ExportStatistics(None, False, published.organiser))
    lines = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "statistics.exported")).all()
    assert [(line.target, line.detail["public"]) for line in lines] == [
        (f"competition:{published.competition_id}", True),
        ("statistics", False),
    ]


def test_the_command_gives_json_and_a_workbook(sqlite_app, tmp_path):
    published = make_published()
    runner = sqlite_app.test_cli_runner()
    args = ["certificates", "statistics", "--competition", str(published.competition_id)]
    found = json.loads(runner.invoke(args=args).output)
    assert found["totals"]["took_part"] == 5
    assert found["innovations"]["total"] == 0
    path = tmp_path / "a.xlsx"
    assert runner.invoke(args=[*args, "--public", "--year", "2026", "--xlsx", str(path)]).exit_code == 0
    assert read_spreadsheet(path.read_bytes(), "a.xlsx")[0].name == "合计与分组"
    assert runner.invoke(args=["certificates", "statistics", "--year", "1999"]).exit_code == 1


def test_only_organisers_open_the_pages(app):
    published = make_published()
    base = f"/certificates/competitions/{published.competition_id}/statistics"
    for role, status in {
        Role.ORGANISER: 200,
        Role.SUPERVISOR: 403,
        Role.CHIEF_JUDGE: 403,
        Role.TEAM_LEADER: 403,
    }.items():
        client = sign_in_account(app.test_client(), make_account(role=role, competition_id=published.competition_id))
        for address in (base, f"{base}.xlsx", "/statistics", "/statistics.xlsx", f"{base}?public"):
            assert client.get(address).status_code == status, (role, address)
    elsewhere = sign_in_account(app.test_client(), make_account(role=Role.ORGANISER, competition=make_competition()))
    assert elsewhere.get(base).status_code == 403
    assert elsewhere.post(base, data=TERMS).status_code == 403


def test_the_page_states_terms_and_says_what_is_wrong(app):
    published = make_flagged()
    account = make_account(role=Role.ORGANISER, competition_id=published.competition_id)
    client = sign_in_account(app.test_client(), account)
    base = f"/certificates/competitions/{published.competition_id}/statistics"

    page = client.get(base).get_data(as_text=True)
    assert "公式由本系统自拟，不是规定" in page
    assert "应参赛职工数未填报" in page

    refused = client.post(base, data=TERMS | {"workforce_source": ""})
    assert (refused.status_code, "请写明应参赛职工数的出处" in refused.get_data(as_text=True)) == (422, True)
    assert client.post(base, data=TERMS | {"formula_source": "某市办法"}).status_code == 302
    page = client.get(base).get_data(as_text=True)
    assert "4.00%" in page
    assert "公式依据：某市办法" in page


def test_the_public_page_shows_no_small_count(app):
    published = make_published([Row("1"), Row("2")])
    account = make_account(role=Role.ORGANISER, competition_id=published.competition_id)
    client = sign_in_account(app.test_client(), account)
    page = client.get(f"/certificates/competitions/{published.competition_id}/statistics?public").get_data(as_text=True)
    assert "人数太少" in page
    assert "<dd>2</dd>" not in page
