"""Contestants' own pages: sign-in by document and code, only what is published, only what is one's own."""

import hashlib

import pytest
from awarded import Published, Row, certificates, make_awarded, make_certified, make_published, publish
from factories import identity_number, make_account, make_entrant, make_person, sign_in_account
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certificates.contestants.own import SignInContestant, WrongCodeError, sign_in_contestant
from certificates.flags.recommending import (
    AnswerObjection,
    AssessFlags,
    Wanted,
    answer_objection,
    assess_flags,
    flags_of,
    is_verified,
)
from certificates.issue.issuing import RevokeCertificate, revoke_certificate
from certificates.models import FlagObjection
from competitions.models import Contestant, Person
from competitions.registration.entrants import access_code
from core.audit import AuditEntry
from core.auth import TRIES_ALLOWED, SignIn
from core.db import db, transaction
from core.errors import TooManyTriesError
from core.identity import check_character
from core.permissions import Role

HERE = "192.0.2.9"


def me(published: Published, position: int = 1) -> Contestant:
    return db.session.get_one(Contestant, published.contestant_ids[position - 1])


def with_document(published: Published, number: str, position: int = 1) -> Contestant:
    """The contestant with a document of a known number."""
    facts = make_person(document_number=number)
    contestant_id, person_id = me(published, position).id, facts.id
    with transaction() as session:
        session.get_one(Contestant, contestant_id).person_id = person_id
    return db.session.get_one(Contestant, contestant_id)


def sign_in(document: str, code: str, address: str = HERE) -> str:
    return sign_in_contestant(SignInContestant(document, code, address, "手机"))


def enter(client: FlaskClient, contestant: Contestant, document: str) -> None:
    answer = client.post("/contestant/sign-in", data={"document": document, "code": access_code(contestant)})
    assert answer.location == "/own"


NUMBER = identity_number(501)


@pytest.fixture
def published(app: Flask) -> Published:
    found = make_certified([Row("1", total="93.25"), Row("2"), Row("3"), Row("4")])
    with_document(found, NUMBER)
    return found


def test_document_and_code_sign_in_as_a_contestant_and_nothing_more(published: Published) -> None:
    sign_in(NUMBER, access_code(me(published)))

    row = db.session.scalars(select(SignIn)).one()
    assert (row.subject_id, row.role, row.competition_id) == (
        me(published).id,
        Role.CONTESTANT,
        published.competition_id,
    )
    assert "sign_in.made" in [e.action for e in db.session.scalars(select(AuditEntry))]


def test_people_type_numbers_and_codes_in_their_own_way(published: Published) -> None:
    code = access_code(me(published))

    assert sign_in(f" {NUMBER[:6]} {NUMBER[6:14]}-{NUMBER[14:].lower()} ", f"{code[:4].lower()}-{code[4:]} ")
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in code)
    assert sign_in(NUMBER, full_width)


def test_an_old_number_of_fifteen_digits_is_the_same_document(app: Flask) -> None:
    body = "13010219651107123"
    found = make_published()
    contestant = with_document(found, body + check_character(body))

    assert sign_in(body[:6] + body[8:], access_code(contestant))


def test_a_passport_signs_in_as_well(app: Flask) -> None:
    found = make_published()
    person = make_person(document_kind="护照", document_number="E12345678")
    contestant_id, person_id = me(found).id, person.id
    with transaction() as session:
        session.get_one(Contestant, contestant_id).person_id = person_id

    assert sign_in("e12345678", access_code(me(found)))


def test_wrong_document_wrong_code_and_anothers_code_are_refused_alike(published: Published) -> None:
    other = with_document(published, identity_number(502), 2)
    answers = set()
    for document, code in ((NUMBER, "ABCDEFGH"), (identity_number(777), access_code(me(published))), ("x", "")):
        with pytest.raises(WrongCodeError) as refusal:
            sign_in(document, code)
        answers.add(str(refusal.value))
    with pytest.raises(WrongCodeError):
        sign_in(NUMBER, access_code(other))

    assert len(answers) == 1
    assert db.session.scalars(select(SignIn)).all() == []


def test_a_renewed_code_makes_the_earlier_one_useless(published: Published) -> None:
    earlier, contestant_id = access_code(me(published)), me(published).id
    with transaction() as session:
        session.get_one(Contestant, contestant_id).code_serial += 1

    with pytest.raises(WrongCodeError):
        sign_in(NUMBER, earlier)
    assert sign_in(NUMBER, access_code(me(published)))


def test_guessing_a_code_is_stopped_for_the_document_from_whatever_address(published: Published) -> None:
    for number in range(TRIES_ALLOWED):
        with pytest.raises(WrongCodeError):
            sign_in(NUMBER, "ABCDEFGH", f"198.51.100.{number}")

    with pytest.raises(TooManyTriesError):
        sign_in(NUMBER, access_code(me(published)), "198.51.100.77")


def test_a_contestant_sees_place_total_prize_and_one_file(published: Published, client: FlaskClient) -> None:
    enter(client, me(published), NUMBER)

    shown = client.get("/own").text

    assert '<b class="num">1</b>' in shown
    assert "93.25" in shown
    assert "一等奖" in shown
    assert "下载证书" in shown
    certificate = certificates(published)[0]
    file = client.get(f"/own/certificates/{certificate.id}.pdf")
    assert hashlib.sha256(file.data).hexdigest() == certificate.digest
    assert client.get(f"/own/certificates/{certificate.id}.png").data.startswith(b"\x89PNG")
    assert "attachment" in file.headers["Content-Disposition"]


def test_who_signs_out_or_was_signed_out_comes_in_where_contestants_do(
    published: Published, client: FlaskClient
) -> None:
    enter(client, me(published), NUMBER)

    assert client.post("/sign-out").headers["Location"] == "/contestant/sign-in"
    for page in ("/own", "/own/record"):
        assert client.get(page).headers["Location"] == "/contestant/sign-in"


def test_before_publication_there_is_nothing_to_see(client: FlaskClient) -> None:
    found = make_published([Row("1", total="93.25")], is_final=None)
    enter(client, with_document(found, NUMBER), NUMBER)

    shown = client.get("/own").text

    assert "成绩还没有公布" in shown
    assert "93.25" not in shown
    assert "评分明细" not in shown


def test_a_provisional_result_shows_the_place_and_neither_prize_nor_flag(client: FlaskClient) -> None:
    found = make_published([Row("1", total="93.25")], is_final=False)
    enter(client, with_document(found, NUMBER), NUMBER)

    shown = client.get("/own").text

    assert "公示中" in shown
    assert "93.25" in shown
    assert "一等奖" not in shown
    assert "晋级与称号" not in shown


def test_an_unpublished_correction_is_not_seen(published: Published, client: FlaskClient) -> None:
    from awarded import add_snapshot

    rows = [Row("4", total="11.11"), Row("1"), Row("2"), Row("3")]
    corrected = add_snapshot(published.event_id, published.entrant_ids, rows, number=2)
    enter(client, me(published), NUMBER)

    assert "11.11" not in client.get("/own").text
    publish(published.event_id, corrected, is_final=False)
    shown = client.get("/own").text
    assert "11.11" in shown
    assert "公示中" in shown


def test_an_absent_contestant_is_told_so_and_is_not_given_a_zero(client: FlaskClient) -> None:
    found = make_published([Row("1"), Row(None, status="absent", total=None)])
    enter(client, with_document(found, NUMBER, 2), NUMBER)

    shown = client.get("/own").text

    assert "缺考" in shown
    assert "第 <b" not in shown


def test_a_tie_that_waits_for_a_decision_is_said(client: FlaskClient) -> None:
    found = make_awarded([Row("1"), Row("2"), Row("3"), Row("3")])
    enter(client, with_document(found, NUMBER, 3), NUMBER)

    assert "奖项正由组织者裁定" in client.get("/own").text


def test_a_revoked_certificate_is_not_offered(published: Published, client: FlaskClient) -> None:
    certificate = certificates(published)[0]
    command = RevokeCertificate(published.competition_id, certificate.id, "编号重复", published.organiser)
    revoke_certificate(command)
    enter(client, me(published), NUMBER)

    shown = client.get("/own").text

    assert "下载证书" not in shown
    assert "编号重复" in shown
    assert client.get(f"/own/certificates/{certificate.id}.pdf").status_code == 409


def test_somebody_elses_certificate_is_not_there(published: Published, client: FlaskClient) -> None:
    enter(client, me(published), NUMBER)
    other = certificates(published)[1]

    assert client.get(f"/own/certificates/{other.id}.pdf").status_code == 404
    assert client.get(f"/own/certificates/{other.id}.png").status_code == 404


def test_all_events_of_one_person_stand_on_one_page(client: FlaskClient) -> None:
    found = make_published([Row("1")])
    contestant = with_document(found, NUMBER)
    person = db.session.get_one(Person, contestant.person_id)
    second = make_published([Row("1")], competition=found.event.competition)
    make_entrant(event_id=second.event_id, person=person, name=person.name)
    enter(client, db.session.get_one(Contestant, found.contestant_ids[0]), NUMBER)

    shown = client.get("/own").text

    assert found.event.name in shown
    assert second.event.name in shown


def test_a_contestant_objects_to_a_flag_and_reads_the_answer(published: Published, client: FlaskClient) -> None:
    assess_flags(AssessFlags(published.competition_id, published.event_id, published.organiser))
    flag = next(
        f for f in flags_of(db.session(), published.snapshot_id, Wanted()) if f.contestant_id == me(published).id
    )
    other = next(
        f for f in flags_of(db.session(), published.snapshot_id, Wanted()) if f.contestant_id != me(published).id
    )
    flag_id, other_id = flag.id, other.id
    enter(client, me(published), NUMBER)

    assert "晋级与称号" in client.get("/own").text
    assert client.post(f"/own/flags/{other_id}/objections", data={"text": "不是我"}).status_code == 404
    sent = client.post(f"/own/flags/{flag_id}/objections", data={"text": "等级证书已换新"}, follow_redirects=True)
    assert "等级证书已换新" in sent.text
    objection = db.session.scalars(select(FlagObjection)).one()
    answer_objection(AnswerObjection(published.competition_id, objection.id, "已按新证书核对", published.organiser))
    assert "已按新证书核对" in client.get("/own").text


def test_an_organiser_is_not_a_contestant(client: FlaskClient, published: Published) -> None:
    sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=published.competition_id))

    assert client.get("/own").status_code == 403


def test_a_contestant_reaches_no_page_of_the_organiser(published: Published, client: FlaskClient) -> None:
    enter(client, me(published), NUMBER)
    base = f"/certificates/competitions/{published.competition_id}"

    for address in (f"{base}/awards", f"{base}/issued", f"{base}/certificates.zip"):
        assert client.get(address).status_code == 403


def test_a_stranger_is_sent_to_sign_in_and_a_wrong_code_stays_on_the_page(client: FlaskClient) -> None:
    assert client.get("/own").status_code == 302

    answer = client.post("/contestant/sign-in", data={"document": NUMBER, "code": "ABCDEFGH"})

    assert answer.status_code == 422
    assert "证件号码或查询码不对" in answer.text
    assert f'value="{NUMBER}"' in answer.text
    assert client.post("/contestant/sign-in", data={}).status_code == 422


def test_the_sign_in_ends_by_itself(published: Published) -> None:
    sign_in(NUMBER, access_code(me(published)))

    row = db.session.scalars(select(SignIn)).one()
    assert (row.expires_at - row.created_at).total_seconds() == pytest.approx(7200, abs=5)


def test_a_flag_says_in_plain_words_how_it_stands_and_how_far_its_rule_may_be_trusted(
    published: Published, client: FlaskClient
) -> None:
    assess_flags(AssessFlags(published.competition_id, published.event_id, published.organiser))
    flag = next(
        f for f in flags_of(db.session(), published.snapshot_id, Wanted()) if f.contestant_id == me(published).id
    )
    assert (flag.decision, is_verified(flag)) == ("needs_facts", False)
    enter(client, me(published), NUMBER)

    shown = client.get("/own").text

    for words in ("暂时不能判断", "这不是“不符合”", "规则没有与原文核对", "没有看到发布机关的原文"):
        assert words in shown
    for jargon in ("待补事实", "规则未核实"):
        assert jargon not in shown


def test_the_marks_come_with_what_seats_and_gaps_mean(published: Published, client: FlaskClient) -> None:
    enter(client, me(published), NUMBER)

    shown = client.get("/own").text

    assert "是裁判的席位号" in shown
    assert "不是 0 分" in shown
