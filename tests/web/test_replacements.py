"""Certificates revoked and replaced: what is in force, what it points to, and that there is never more than one."""

from datetime import date

import pytest
from at_once import at_once
from awarded import TERMS, Published, amend, certificates, issue, make_certified
from flask import Flask
from pdf_text import text_of

from certificates.issue.files import file_of
from certificates.issue.issuing import ReplaceCertificate, RevokeCertificate, replace_certificate, revoke_certificate
from certificates.issue.planning import Plan, plan_issue
from certificates.models import Certificate, CertificateState
from competitions.models import Competition, Contestant, Person
from core import jobs
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError

RARE = "欧阳𬱖"
NOBODY_DRAWS = "王\U000323af"
"""U+323AF stands at the end of CJK Extension H, which no font of the house covers."""


def planned(published: Published) -> Plan:
    competition = db.session.get_one(Competition, published.competition_id)
    return plan_issue(db.session(), competition, published.event, TERMS, "http://127.0.0.1:8000")


def revoke(published: Published, certificate: Certificate, reason: str = "冒名顶替，经查实") -> None:
    revoke_certificate(RevokeCertificate(published.competition_id, certificate.id, reason, published.organiser))


def swap(published: Published, certificate_id: int, reason: str = "姓名有误") -> int:
    command = ReplaceCertificate(
        published.competition_id, certificate_id, reason, date(2026, 11, 1), published.organiser
    )
    return replace_certificate(command)


def test_a_revoked_certificate_is_not_made_again(app: Flask) -> None:
    published = make_certified()

    revoke(published, certificates(published)[0])

    revoked = certificates(published)[0]
    assert (revoked.state, revoked.state_reason) == (CertificateState.REVOKED, "冒名顶替，经查实")
    with pytest.raises(ConflictError, match="已失效"):
        file_of(revoked)
    with pytest.raises(ConflictError, match="已经失效"):
        revoke(published, revoked)


def test_revoking_wants_a_reason_and_the_right_competition(app: Flask) -> None:
    published, other = make_certified(), make_certified()
    certificate = certificates(published)[0]

    with pytest.raises(InvalidInputError, match="请写明理由"):
        revoke(published, certificate, " ")
    with pytest.raises(NotFoundError):
        revoke(other, certificate)
    assert certificates(published)[0].state is CertificateState.VALID


def test_after_a_revocation_the_prize_may_be_certified_anew_with_a_new_number(app: Flask) -> None:
    published = make_certified()
    revoke(published, certificates(published)[0])

    issue(published)
    jobs.sweep()

    made = certificates(published)
    assert [(c.number[-4:], c.state.value) for c in made] == [
        ("0001", "revoked"),
        ("0002", "valid"),
        ("0003", "valid"),
        ("0004", "valid"),
    ]


def test_a_replacement_carries_what_holds_now_and_the_old_one_points_to_it(app: Flask) -> None:
    published = make_certified()
    old_id = certificates(published)[0].id
    with transaction() as session:
        person_id = session.get_one(Contestant, published.contestant_ids[0]).person_id
        session.get_one(Person, person_id).name = RARE

    new_id = swap(published, old_id)

    old, new = db.session.get_one(Certificate, old_id), db.session.get_one(Certificate, new_id)
    assert (old.state, old.replaced_by_id, old.state_reason) == (CertificateState.REPLACED, new_id, "姓名有误")
    assert new.values["recipient.name"] == RARE
    assert new.values["issue.date"] == "二〇二六年十一月一日"
    assert new.values["issuer.2.name"] == old.values["issuer.2.name"]
    assert new.number[-4:] == "0004"
    assert RARE in text_of(file_of(new))
    with pytest.raises(ConflictError, match="已经失效"):
        swap(published, old_id)


def test_a_replacement_that_cannot_be_drawn_leaves_the_old_one_in_force(app: Flask) -> None:
    published = make_certified()
    old_id = certificates(published)[0].id
    with transaction() as session:
        person_id = session.get_one(Contestant, published.contestant_ids[0]).person_id
        session.get_one(Person, person_id).name = NOBODY_DRAWS

    with pytest.raises(InvalidInputError, match=r"U\+323AF"):
        swap(published, old_id)

    assert certificates(published)[0].state is CertificateState.VALID
    assert len(certificates(published)) == 3


def test_certificates_follow_an_amended_result(app: Flask) -> None:
    published = make_certified()
    amend(published)

    plan = planned(published)
    assert [c.contestant_id for c in plan.outdated] == [
        published.contestant_ids[0],
        published.contestant_ids[1],
        published.contestant_ids[2],
    ]
    assert [c.contestant.id for c in plan.ready] == [published.contestant_ids[3]]
    made = certificates(published)
    new = db.session.get_one(Certificate, swap(published, made[0].id, "成绩更正"))
    assert new.values["award.title"] == "二等奖"
    with pytest.raises(ConflictError, match="只能撤销"):
        swap(published, made[2].id, "成绩更正")


def test_two_replace_at_once_and_one_certificate_is_in_force(app: Flask) -> None:
    published = make_certified()
    old_id = certificates(published)[0].id

    def attempt(_: int) -> str:
        try:
            swap(published, old_id)
        except ConflictError:
            return "told"
        return "done"

    assert sorted(at_once(app, attempt, range(2))) == ["done", "told"]
    states = [c.state.value for c in certificates(published) if c.contestant_id == published.contestant_ids[0]]
    assert states == ["replaced", "valid"]
