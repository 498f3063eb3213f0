"""A wrong name or unit is put right with a reason: lists follow, documents stay, certificates wait to be replaced."""

from html import unescape

import pytest
from at_once import at_once
from awarded import TERMS, Row, certificates, issue, make_awarded, make_certified
from factories import (
    make_account,
    make_actor,
    make_competition,
    make_entrant,
    make_event,
    make_person,
    sign_in_account,
)
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certificates.contestants.erasing import ErasePerson, erase_person
from certificates.issue.differing import differences
from certificates.issue.files import file_of
from certificates.issue.issuing import ReplaceCertificate, replace_certificate
from competitions.corrections.correcting import ACTION, CorrectContestant, correct_contestant, corrections_of, mask
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Contestant, Entrant, Person
from competitions.registration.people import sort_key
from competitions.setup import WrongStateError
from core import jobs
from core.audit import AuditEntry, verify
from core.clock import competition_day
from core.db import db, transaction
from core.errors import ConflictError, DomainError, InvalidInputError, NotFoundError
from core.permissions import Role

WHY = "本人身份证，报名表录入有误"
LONG = "阿卜杜热西提·买买提吐尔逊·库尔班江"


def correct(contestant: Contestant, name: str, unit: str | None = None, reason: str = WHY, **over: int) -> None:
    ids = {"competition_id": contestant.entrant.event.competition_id, "contestant_id": contestant.id} | over
    unit = contestant.unit if unit is None else unit
    correct_contestant(CorrectContestant(**ids, name=name, unit=unit, reason=reason, actor=make_actor()))


def member(name: str = "李占奎", **over: object) -> Contestant:
    return make_entrant(name=name, **over).members[0]


def recorded() -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == ACTION).order_by(AuditEntry.id)))


@pytest.mark.parametrize("name", ["李占魁", LONG, "李㛃", "李𠅤", "Maria da Silva"])
def test_a_name_and_a_unit_are_corrected_wherever_they_stand(app: Flask, name: str) -> None:
    contestant = member()
    document = contestant.person.document_index
    correct(contestant, f" {name} ", "唐山钢铁集团")

    db.session.expire_all()
    found = db.session.get_one(Contestant, contestant.id)
    assert (found.person.name, found.entrant.name, found.unit) == (name, name, "唐山钢铁集团")
    assert found.person.document_index == document
    assert found.person.sort_key == sort_key(name)
    assert verify() == []


def test_the_record_says_who_and_why_and_tells_no_name(sqlite_app: Flask) -> None:
    contestant = member()
    correct(contestant, "李占魁")
    (entry,) = recorded()
    assert entry.target == f"contestant:{contestant.id}"
    assert entry.detail == {"reason": WHY, "name": ["李＊奎", "李＊魁"], "unit": False}
    (told,) = corrections_of(db.session(), contestant.id)
    assert (told.name, told.unit_changed, told.reason) == (("李＊奎", "李＊魁"), False, WHY)


def test_a_name_is_masked_however_short(sqlite_app: Flask) -> None:
    assert [mask(name) for name in ("张", "张三", "张三丰", "阿依·古丽")] == ["张", "张＊", "张＊丰", "阿＊＊＊丽"]


def test_a_name_changes_in_every_competition_of_the_person_and_each_records_it(app: Flask) -> None:
    person = make_person(name="李占奎")
    here, there = member(person=person), member(person=person)
    ids = sorted((here.entrant.event.competition_id, there.entrant.event.competition_id))
    correct(here, "李占魁", "新单位")

    db.session.expire_all()
    assert db.session.get_one(Entrant, there.entrant_id).name == "李占魁"
    assert db.session.get_one(Contestant, there.id).unit != "新单位"
    assert [entry.chain for entry in recorded()] == ids
    assert [entry.detail["unit"] for entry in recorded()].count(True) == 1


def test_a_pair_is_called_by_both_names_and_a_team_keeps_its_own(sqlite_app: Flask) -> None:
    pair, team = member(), member()
    with transaction() as session:
        session.get_one(Entrant, pair.entrant_id).name = "李占奎、李占奎林"
        session.get_one(Entrant, team.entrant_id).name = "李占奎工作室"
    correct(pair, "李占魁")
    correct(team, "李占魁")
    db.session.expire_all()
    assert db.session.get_one(Entrant, pair.entrant_id).name == "李占魁、李占奎林"
    assert db.session.get_one(Entrant, team.entrant_id).name == "李占奎工作室"


@pytest.mark.parametrize(
    ("over", "error", "words"),
    [
        ({"reason": " "}, InvalidInputError, "写明更正的理由"),
        ({"name": ""}, InvalidInputError, None),
        ({"name": "李\ue001"}, InvalidInputError, "U\\+E001"),
        ({"name": "李占奎、王五"}, InvalidInputError, None),
        ({"name": "李" * 41}, InvalidInputError, "40"),
        ({"unit": "单位<b>"}, InvalidInputError, None),
        ({"unit": "长" * 121}, InvalidInputError, "120"),
        ({}, ConflictError, "没有改动"),
        ({"contestant_id": 10_000}, NotFoundError, None),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_changes(
    sqlite_app: Flask, over: dict[str, object], error: type[DomainError], words: str | None
) -> None:
    contestant = member()
    with pytest.raises(error, match=words):
        correct(contestant, **({"name": "李占奎"} | over))  # type: ignore[arg-type]
    db.session.expire_all()
    assert db.session.get_one(Person, contestant.person_id).name == "李占奎"
    assert recorded() == []


def test_a_competition_that_was_called_off_is_read_only_and_an_archived_one_is_not(sqlite_app: Flask) -> None:
    off = member(event=make_event(competition=make_competition(state=CompetitionState.CALLED_OFF)))
    with pytest.raises(WrongStateError):
        correct(off, "李占魁")
    kept = member(event=make_event(competition=make_competition(state=CompetitionState.ARCHIVED)))
    correct(kept, "李占魁")
    assert len(recorded()) == 1


def test_who_was_erased_is_not_named_again(sqlite_app: Flask) -> None:
    contestant = member(event=make_event(competition=make_competition(state=CompetitionState.ARCHIVED)))
    of = contestant.entrant.event.competition_id
    erase_person(ErasePerson(of, contestant.id, "本人申请", make_actor()))
    db.session.expire_all()
    with pytest.raises(ConflictError, match="已经删除"):
        correct(db.session.get_one(Contestant, contestant.id), "李占魁", "")


def test_two_corrections_at_once_leave_one_name_and_a_whole_record(app: Flask) -> None:
    person = make_person(name="李占奎")
    both = [member(person=person), member(person=person)]
    ids = [(one.entrant.event.competition_id, one.id, one.unit) for one in both]

    def one(number: int) -> str:
        competition_id, contestant_id, unit = ids[number]
        command = CorrectContestant(competition_id, contestant_id, f"李占{'魁葵'[number]}", unit, WHY, make_actor())
        correct_contestant(command)
        return command.name

    names = set(at_once(app, one, range(2)))
    db.session.rollback()
    name = db.session.get_one(Person, person.id).name
    assert name in names
    assert {entrant.name for entrant in db.session.scalars(select(Entrant))} == {name}
    assert len(recorded()) == 4
    assert verify() == []


def test_a_certificate_keeps_its_name_until_it_is_replaced(app: Flask) -> None:
    published = make_certified([Row("1", name="李占奎"), Row("2"), Row("3")])
    contestant = published.entrant(1).members[0]
    first = certificates(published)[0]
    before = file_of(first)
    correct(contestant, "李占魁", "新单位")

    db.session.expire_all()
    first = certificates(published)[0]
    assert file_of(first) == before
    told = [(one.what, one.printed, one.registered) for one in differences(first)]
    assert told == [("姓名", "李占奎", "李占魁"), ("单位", first.values["recipient.unit"], "新单位")]

    command = ReplaceCertificate(published.competition_id, first.id, WHY, competition_day(), published.organiser)
    new_id = replace_certificate(command)
    db.session.expire_all()
    first = next(one for one in certificates(published) if one.id == first.id)
    second = next(one for one in certificates(published) if one.id == new_id)
    assert (second.values["recipient.name"], second.values["recipient.unit"]) == ("李占魁", "新单位")
    assert differences(first) == differences(second) == ()


def test_the_pages_lead_from_the_wrong_name_to_the_new_certificate(app: Flask, client: FlaskClient) -> None:
    published = make_awarded([Row("1", name="李占奎"), Row("2"), Row("3")])
    issue(published, TERMS)
    jobs.sweep()
    contestant_id = published.contestant_ids[0]
    certificate_id = certificates(published)[0].id
    competition = db.session.get_one(Competition, published.competition_id)
    sign_in_account(client, make_account(role=Role.ORGANISER, competition=competition))
    person = f"/competitions/{published.competition_id}/contestants/{contestant_id}"
    assert f'href="{person}/correction"' in client.get(person).text
    assert 'value="李占奎"' in client.get(f"{person}/correction").text
    unit = published.entrant(1).members[0].unit

    wrong = client.post(f"{person}/correction", data={"name": "李占魁", "unit": unit, "reason": ""})
    assert wrong.status_code == 422
    assert 'value="李占魁"' in wrong.text
    done = client.post(f"{person}/correction", data={"name": "李占魁\U0002ee00", "unit": unit, "reason": WHY})
    assert done.location == person
    shown = client.get(person).text
    assert "证书的字体里没有这些字" in shown
    assert "李＊＊\U0002ee00" in client.get(f"{person}/correction").text

    base = f"/certificates/competitions/{published.competition_id}"
    assert client.get(f"{base}/issued?q=李占魁").text.count("与登记不同") == 1
    assert "现在登记的是“李占魁\U0002ee00”" in unescape(client.get(f"{base}/certificates/{certificate_id}").text)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.CHIEF_JUDGE, Role.AUDITOR, Role.TEAM_LEADER])
def test_only_an_organiser_corrects(app: Flask, client: FlaskClient, role: Role) -> None:
    contestant = member()
    competition = contestant.entrant.event.competition
    page = f"/competitions/{competition.id}/contestants/{contestant.id}/correction"
    sign_in_account(client, make_account(role=role, competition=competition))
    assert client.post(page, data={"name": "李占魁", "unit": "", "reason": WHY}).status_code == 403
    assert recorded() == []


def test_an_organiser_elsewhere_reaches_nobody_here(app: Flask, client: FlaskClient) -> None:
    contestant, other = member(), make_competition()
    sign_in_account(client, make_account(role=Role.ORGANISER, competition=other))
    data = {"name": "李占魁", "unit": "", "reason": WHY}
    here = contestant.entrant.event.competition_id
    assert client.post(f"/competitions/{here}/contestants/{contestant.id}/correction", data=data).status_code == 403
    assert client.post(f"/competitions/{other.id}/contestants/{contestant.id}/correction", data=data).status_code == 404
    assert recorded() == []


@pytest.mark.parametrize(("role", "is_led"), [(Role.ORGANISER, True), (Role.SUPERVISOR, False)])
def test_the_list_of_contestants_leads_to_the_correction(
    app: Flask, client: FlaskClient, role: Role, is_led: bool
) -> None:
    contestant = member()
    home = f"/competitions/{contestant.entrant.event.competition_id}"
    account = make_account(role=role, competition_id=contestant.entrant.event.competition_id)
    reply = sign_in_account(client, account).get(f"{home}/roster")
    page = reply.get_data(as_text=True)
    assert reply.status_code in (200, 403)
    assert (f'href="{home}/contestants/{contestant.id}/correction"' in page) is is_led
