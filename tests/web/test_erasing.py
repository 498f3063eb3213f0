"""Deleting personal data: the result stays, nothing says whose it was, and the files are gone."""

import pytest
from awarded import certificates, issue
from factories import make_account, make_competition, make_entrant, make_event, sign_in_account
from flagged import add_flag, make_flagged
from scans import pdf
from sqlalchemy import select

from certificates.attachments import storing
from certificates.attachments.handing_in import HandIn, hand_in
from certificates.attachments.models import HandedInPaper, PaperState
from certificates.contestants.erasing import NAME, ErasePerson, erase_person
from certificates.models import CertificateState, FlagObjection
from certificates.record.looking import LookAtRecord, look_at_record
from certificates.statistics.figures import Measure
from certificates.statistics.stating import of_competition
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Contestant, Entrant, Person
from core import jobs
from core.audit import AuditEntry, verify
from core.auth import CONTESTANT_LIFE, SignIn, Subject, SubjectKind, sign_in
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.permissions import Role
from core.personal_data import decrypt
from scoring.models import ResultLine


def archive(competition_id):
    with transaction() as session:
        session.get_one(Competition, competition_id).state = CompetitionState.ARCHIVED


@pytest.fixture
def over(app):
    """A competition that is over, whose first contestant has a certificate, a flag with a paper, a sign-in."""
    published = make_flagged()
    issue(published)
    jobs.sweep()
    db.session.rollback()
    flag = add_flag(published, "medal", "五一劳动奖章", "pingdingshan.may-day-medal.2019")
    item = "评选推荐报告（加盖公章），2份"
    hand_in(HandIn(published.competition_id, flag.id, item, pdf(), published.organiser))
    with transaction() as session:
        session.add(FlagObjection(recommendation_id=flag.id, text="我是孙选手", made_at=now()))
    subject = Subject(
        SubjectKind.CONTESTANT,
        published.contestant_ids[0],
        "孙选手",
        CONTESTANT_LIFE,
        published.competition_id,
        Role.CONTESTANT,
    )
    sign_in(subject, "手机")
    archive(published.competition_id)
    return published


def erase(published, position=1, reason="本人 2027-01-05 书面申请"):
    contestant_id = published.contestant_ids[position - 1]
    erase_person(ErasePerson(published.competition_id, contestant_id, reason, published.organiser))


def test_the_result_stays_and_nothing_says_whose_it_was(app, over):
    before = db.session.get_one(Contestant, over.contestant_ids[0])
    name, number = before.person.name, decrypt(before.person.document_sealed)

    erase(over)

    db.session.expire_all()
    row = db.session.get_one(Contestant, over.contestant_ids[0])
    assert (row.person.name, row.person.document_masked, row.unit) == (NAME, "", "")
    assert row.person.is_erased
    assert decrypt(row.person.document_sealed) == ""
    assert row.entrant.name == NAME
    assert db.session.scalars(select(Person).where(Person.name == name)).all() == []
    line = db.session.scalars(select(ResultLine).where(ResultLine.entrant_id == row.entrant_id)).one()
    assert line.rank == "1"
    texts = [str(entry.detail) for entry in db.session.scalars(select(AuditEntry))]
    assert not [text for text in texts if number in text]


def test_files_sign_ins_objections_and_certificates_go(app, over):
    erase(over)
    assert list((app.config["SETTINGS"].instance / storing.FOLDER).glob("??/*")) == []
    assert [row.state for row in db.session.scalars(select(HandedInPaper))] == [PaperState.ERASED]
    signed_in = db.session.scalars(select(SignIn).where(SignIn.subject_kind == SubjectKind.CONTESTANT)).one()
    assert (signed_in.name, signed_in.device, signed_in.revoked_at is None) == (NAME, "", False)
    assert [row.text for row in db.session.scalars(select(FlagObjection))] == [NAME]
    gone, *others = certificates(over)
    assert (gone.state, gone.values["recipient.name"], gone.values["recipient.unit"]) == (
        CertificateState.REVOKED,
        NAME,
        "",
    )
    assert {other.state for other in others} == {CertificateState.VALID}


def test_the_chain_of_the_audit_record_holds(over):
    erase(over)
    assert verify() == []
    line = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "person.erased")).one()
    assert line.detail == {"reason": "本人 2027-01-05 书面申请", "files": 1}


def test_the_person_lives_on_where_another_competition_needs_it(over):
    person = db.session.get_one(Contestant, over.contestant_ids[0]).person
    elsewhere = make_entrant(event_id=make_event(competition=make_competition()).id, person=person)
    person_id, name, member = person.id, person.name, elsewhere.members[0].id

    erase(over)

    assert db.session.get_one(Person, person_id).name == name
    assert db.session.get_one(Contestant, member).person_id == person_id
    found = look_at_record(LookAtRecord(over.competition_id, over.contestant_ids[0], over.organiser))
    assert (found.is_erased, found.competitions, found.entries[0].place.rank) == (True, 1, "1")


def test_figures_still_count_who_was_erased(over):
    before = of_competition(over.competition_id, is_public=False).totals
    erase(over)
    db.session.expire_all()
    after = of_competition(over.competition_id, is_public=False).totals
    assert (after[Measure.TOOK_PART], after[Measure.AWARDED]) == (before[Measure.TOOK_PART], before[Measure.AWARDED])


def test_a_mate_of_an_erased_person_keeps_the_own_name(sqlite_app):
    published = make_flagged()
    with transaction() as session:
        entrant = session.get_one(Entrant, published.entrant_ids[0])
        mate = session.get_one(Contestant, published.contestant_ids[1]).person
        entrant.name = f"{entrant.name}、{mate.name}"
        mate_name = mate.name
    archive(published.competition_id)
    erase(published)
    assert db.session.get_one(Entrant, published.entrant_ids[0]).name == f"{NAME}、{mate_name}"


def test_before_the_end_nothing_is_erased(sqlite_app):
    published = make_flagged()
    with pytest.raises(ConflictError, match="归档后"):
        erase(published)


def test_erasing_wants_a_reason_a_person_and_happens_once(sqlite_app):
    published = make_flagged()
    archive(published.competition_id)
    with pytest.raises(InvalidInputError, match="理由"):
        erase(published, reason=" ")
    with pytest.raises(NotFoundError):
        erase_person(ErasePerson(published.competition_id, 99_999, "申请", published.organiser))
    erase(published)
    with pytest.raises(ConflictError, match="已经删除"):
        erase(published)


def test_the_page_erases_and_shows_what_is_left(app):
    published = make_flagged()
    account = make_account(role=Role.ORGANISER, competition_id=published.competition_id)
    client = sign_in_account(app.test_client(), account)
    base = f"/certificates/competitions/{published.competition_id}/contestants/{published.contestant_ids[0]}"
    assert "erasures" not in client.get(f"{base}/record").get_data(as_text=True)
    archive(published.competition_id)
    assert "erasures" in client.get(f"{base}/record").get_data(as_text=True)

    assert client.post(f"{base}/erasures", data={"text": ""}).status_code == 422
    assert client.post(f"{base}/erasures", data={"text": "本人申请"}).status_code == 302

    page = client.get(f"{base}/record").get_data(as_text=True)
    assert "个人信息已删除" in page
    assert client.get(f"{base}/record.xlsx").status_code == 200
    shown = client.get(f"/competitions/{published.competition_id}/contestants/{published.contestant_ids[0]}")
    assert NAME in shown.get_data(as_text=True)
    supervisor = make_account(role=Role.SUPERVISOR, competition_id=published.competition_id)
    other = sign_in_account(app.test_client(), supervisor)
    assert other.post(f"{base}/erasures", data={"text": "x"}).status_code == 403
