"""The worker's record: over years, with sources; every look recorded; nothing undecided leaves its competition."""

import io
import json
from datetime import date

import pytest
from awarded import Row, make_published
from factories import make_account, make_competition, make_entrant, make_event, make_person, sign_in_account, stored
from flagged import approve, make_flagged
from sqlalchemy import select

from certificates.models import LevelCertificate
from certificates.record.gathering import gather
from certificates.record.looking import LookAtRecord, export_record, look_at_record, own_record, record_by_document
from competitions.models import Contestant, Entrant, Person
from core.audit import AuditEntry
from core.auth import CONTESTANT_LIFE, Actor, Subject, SubjectKind, sign_in
from core.clock import now
from core.db import db, transaction
from core.errors import NotAllowedError, NotFoundError
from core.permissions import Role
from core.personal_data import decrypt
from core.spreadsheets import read_spreadsheet


def registered_again(contestant_id, **competition):
    """The same person in an earlier competition; returns that contestant's id."""
    person_id = db.session.get_one(Contestant, contestant_id).person_id
    event = make_event(
        competition=make_competition(opens_on=date(2024, 9, 1), closes_on=date(2024, 9, 3), **competition)
    )
    entrant = make_entrant(event_id=event.id, person=db.session.get_one(Person, person_id), level=4)
    return entrant.members[0].id


def look(published, position=1, **over):
    return look_at_record(
        LookAtRecord(published.competition_id, published.contestant_ids[position - 1], published.organiser, **over)
    )


def contestant_actor(contestant_id):
    contestant = db.session.get_one(Contestant, contestant_id)
    competition_id = contestant.entrant.event.competition_id
    roles = {competition_id: frozenset({Role.CONTESTANT})}
    return Actor(SubjectKind.CONTESTANT, contestant.id, contestant.person.name, 0, roles, competition_id)


def contestant_client(app, contestant_id):
    contestant = db.session.get_one(Contestant, contestant_id)
    competition_id = contestant.entrant.event.competition_id
    subject = Subject(
        SubjectKind.CONTESTANT,
        contestant.id,
        contestant.person.name,
        CONTESTANT_LIFE,
        competition_id,
        Role.CONTESTANT,
    )
    client = app.test_client()
    client.set_cookie(app.config["SIGN_IN_COOKIE"], sign_in(subject, "test"))
    return client


def test_competitions_of_years_stand_in_one_record_the_newest_first(app):
    published = make_flagged()
    earlier = registered_again(published.contestant_ids[0], title="2024年省赛")
    approve(published)

    found = look(published)

    assert [one.contestant_id for one in found.entries] == [published.contestant_ids[0], earlier]
    newest, older = found.entries
    assert (newest.place.rank, newest.place.prize, newest.place.field) == ("1", "金牌", 8)
    assert ("promotion", "approved") in [(one.benefit, one.state) for one in newest.outcomes]
    assert older.place is None
    assert [(one.level, one.day.year) for one in found.levels] == [(3, 2026), (4, 2024)]


def test_every_look_and_every_file_is_recorded_with_what_it_showed(app):
    published = make_flagged()
    registered_again(published.contestant_ids[0])
    look(published)
    export_record(LookAtRecord(published.competition_id, published.contestant_ids[0], published.organiser))

    lines = db.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.target == f"contestant:{published.contestant_ids[0]}")
        .order_by(AuditEntry.id)
    ).all()

    assert [line.action for line in lines] == ["record.looked_at", "record.looked_at"]
    assert len(lines[0].detail["competitions"]) == 2


def test_taking_the_file_is_told_apart_from_looking(sqlite_app):
    published = make_flagged()
    command = LookAtRecord(published.competition_id, published.contestant_ids[0], published.organiser, is_export=True)
    export_record(command)
    own = own_record(contestant_actor(published.contestant_ids[0]))
    assert [(one.who, one.is_export) for one in own.looks] == [("赵组织", True)]


def test_undecided_flags_of_another_competition_are_not_shown_to_its_neighbour(sqlite_app):
    theirs = make_flagged()
    person_id = db.session.get_one(Contestant, theirs.contestant_ids[0]).person_id
    here = make_published([Row("1")])
    with transaction() as session:
        session.get_one(Contestant, here.contestant_ids[0]).person_id = person_id

    seen = next(one for one in look(here).entries if one.competition_id == theirs.competition_id)
    assert seen.outcomes == ()
    approve(theirs)
    seen = next(one for one in look(here).entries if one.competition_id == theirs.competition_id)
    assert [one.state for one in seen.outcomes] == ["approved"]


def test_a_result_that_is_not_final_gives_no_place(sqlite_app):
    for is_final in (False, None):
        published = make_published(is_final=is_final)
        assert look(published).entries[0].place is None


def test_what_the_rules_clearly_deny_is_no_part_of_a_record(sqlite_app):
    published = make_flagged()
    assert {one.decision for entry in look(published, 8).entries for one in entry.outcomes} <= {"flagged"}


def test_a_tie_that_is_not_decided_gives_no_prize(sqlite_app):
    published = make_flagged([Row("1"), Row("1", award_rank="1")])
    assert [one.place.prize for one in look(published).entries] in ([""], ["金牌"])
    assert look(published, 3).entries[0].place.rank == "3"


def test_the_authority_s_certificates_stand_beside_what_was_stated(sqlite_app):
    published = make_flagged()
    stored(
        LevelCertificate(
            competition_id=published.competition_id,
            contestant_id=published.contestant_ids[0],
            level=2,
            number="S000113012345626200001",
            read_at=now(),
            read_by="赵组织",
        )
    )
    found = look(published)
    assert (found.highest.level, found.highest.is_issued) == (2, True)


def test_a_contestant_of_another_competition_is_not_found(sqlite_app):
    published, other = make_flagged(), make_published()
    command = LookAtRecord(published.competition_id, other.contestant_ids[0], published.organiser)
    with pytest.raises(NotFoundError):
        look_at_record(command)
    assert db.session.scalar(select(AuditEntry).where(AuditEntry.action == "record.looked_at")) is None


def test_the_person_sees_everything_of_their_own_and_who_looked(sqlite_app):
    published = make_flagged()
    look(published)
    own = own_record(contestant_actor(published.contestant_ids[0]))
    assert own.entries[0].outcomes
    assert [one.who for one in own.looks] == ["赵组织"]
    with pytest.raises(NotAllowedError):
        own_record(published.organiser)


def test_nobody_sees_somebody_else_s_own_record(sqlite_app):
    published = make_flagged()
    own = own_record(contestant_actor(published.contestant_ids[1]))
    assert {one.contestant_id for one in own.entries} == {published.contestant_ids[1]}


def test_the_record_is_found_by_the_number_of_the_document(sqlite_app):
    published = make_flagged()
    person = db.session.get_one(Contestant, published.contestant_ids[0]).person
    number, name = decrypt(person.document_sealed), person.name

    found = record_by_document(f" {number.lower()} ")

    assert found.name == name
    with pytest.raises(NotFoundError):
        record_by_document("130102199005019999")


def test_the_command_reads_the_number_from_standard_input(sqlite_app, tmp_path):
    published = make_flagged()
    number = decrypt(db.session.get_one(Contestant, published.contestant_ids[0]).person.document_sealed)
    runner = sqlite_app.test_cli_runner()

    shown = runner.invoke(args=["certificates", "record"], input=f"{number}\n")
    assert json.loads(shown.output)["entries"][0]["place"]["prize"] == "金牌"
    assert number not in shown.output

    path = tmp_path / "a.xlsx"
    assert runner.invoke(args=["certificates", "record", "--xlsx", str(path)], input=number).exit_code == 0
    assert read_spreadsheet(path.read_bytes(), "a.xlsx")[0].name == "参赛与名次"
    missing = runner.invoke(args=["certificates", "record"], input="X\n")
    assert (missing.exit_code, "没有用这个证件号码" in missing.stderr) == (1, True)


def test_only_who_may_see_records_opens_the_page(app):
    published = make_flagged()
    address = f"/certificates/competitions/{published.competition_id}/contestants/{published.contestant_ids[0]}/record"
    allowed = {Role.ORGANISER: 200, Role.CHIEF_JUDGE: 403, Role.SUPERVISOR: 403, Role.AUDITOR: 403}
    for role, status in allowed.items():
        account = make_account(role=role, competition_id=published.competition_id)
        client = sign_in_account(app.test_client(), account)
        assert client.get(address).status_code == status
        assert client.get(f"{address}.xlsx").status_code == status
    elsewhere = make_account(role=Role.ORGANISER, competition=make_competition())
    assert sign_in_account(app.test_client(), elsewhere).get(address).status_code == 403


def test_the_pages_say_what_is_recorded(app):
    published = make_flagged([Row("1", name="阿卜杜拉·买买提")])
    contestant_id = published.contestant_ids[0]
    account = make_account(role=Role.ORGANISER, competition_id=published.competition_id, display_name="钱看档案")
    client = sign_in_account(app.test_client(), account)
    address = f"/certificates/competitions/{published.competition_id}/contestants/{contestant_id}/record"

    page = client.get(address).get_data(as_text=True)
    assert "阿卜杜拉·买买提" in page
    assert "已记入审计" in page
    file = client.get(f"{address}.xlsx")
    assert read_spreadsheet(file.data, "a.xlsx")[0].rows[0][0] == "阿卜杜拉·买买提 参赛与获奖档案"

    own = contestant_client(app, contestant_id)
    page = own.get("/own/record").get_data(as_text=True)
    assert "钱看档案" in page
    assert io.BytesIO(own.get("/own/record.xlsx").data).read(2) == b"PK"


def test_a_person_without_any_result_has_a_record_too(sqlite_app):
    entrant = make_entrant(person=make_person(), level=None)
    contestant = db.session.get_one(Entrant, entrant.id).members[0]
    found = gather(db.session(), contestant, None)
    assert (found.competitions, found.levels, found.looks) == (1, (), ())
