"""Certificates in bulk: made once each, resumable, provable, revoked and replaced; every refusal by name."""

import hashlib
from dataclasses import replace
from datetime import date
from unittest.mock import patch

import pypdfium2
import pytest
import zxingcpp
from at_once import at_once
from awarded import (
    TERMS,
    Published,
    Row,
    certificates,
    issue,
    make_awarded,
    make_certified,
    make_published,
)
from factories import make_competition
from flask import Flask
from pdf_text import text_of

from certificates import course
from certificates.awards.awarding import NotFinalError
from certificates.issue.files import DigestError, certificate_with_file, digest_of, digests_of, file_of
from certificates.issue.issuing import (
    RevokeCertificate,
    revoke_certificate,
)
from certificates.issue.numbering import NumberPatternError, normalise_code
from certificates.issue.planning import Plan, hardest, plan_issue
from certificates.issue.values import Wording, chinese_date, issuers_of, personal_values
from certificates.models import Certificate, CertificateState
from certificates.pdf.rendering import RENDERER
from competitions.lifecycle import Condition
from competitions.models import Competition, Contestant, Form, Person
from core import jobs
from core.audit import AuditEntry, verify
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError

RARE = "欧阳𬱖"
NOBODY_DRAWS = "王\U000323af"
"""U+323AF stands at the end of CJK Extension H, which no font of the house covers."""


def qr_of(pdf: bytes) -> str:
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=200 / 72).to_pil()
    (code,) = zxingcpp.read_barcodes(page)
    return str(code.text)


def test_an_issue_makes_one_certificate_for_every_prize_in_order_of_place(app: Flask) -> None:
    published = make_awarded()

    issue(published)
    assert certificates(published) == []
    jobs.sweep()

    made = certificates(published)
    event = published.event.position
    assert [c.number for c in made] == [f"HB-2026-{event:02}-{n:04}" for n in (1, 2, 3)]
    assert [c.contestant_id for c in made] == published.contestant_ids[:3]
    assert {c.state for c in made} == {CertificateState.VALID}
    assert all(normalise_code(c.code) == c.code for c in made)
    assert len({c.code for c in made}) == 3
    issued = [e for e in db.session.query(AuditEntry) if e.action == "certificate.issued"]
    assert [e.detail["digest"] for e in issued] == [c.digest for c in made]
    assert verify() == []


def test_a_download_is_made_again_and_is_the_file_that_was_issued(app: Flask) -> None:
    published = make_certified([Row("1", name=RARE), Row("2"), Row("3")])

    certificate = certificates(published)[0]
    pdf = file_of(certificate)

    assert hashlib.sha256(pdf).hexdigest() == certificate.digest
    assert pdf == file_of(certificate)
    text = text_of(pdf)
    assert RARE in text
    for words in ("一等奖", certificate.number, "河北省人力资源和社会保障厅", "二〇二六年十月二十二日"):
        assert words in text.replace("\n", "")
    assert qr_of(pdf) == f"http://127.0.0.1:8000/v/{certificate.code}"


def test_the_file_is_refused_where_it_would_not_be_the_one_that_was_issued(app: Flask) -> None:
    published = make_certified()
    number = certificates(published)[0].id
    with transaction() as session:
        row = session.get_one(Certificate, number)
        row.values = row.values | {"recipient.name": "李外人"}

    with pytest.raises(DigestError, match="与颁发时的摘要不一致"):
        file_of(certificates(published)[0])


def test_whoever_cannot_be_drawn_is_named_with_the_code_point_and_the_others_do_not_wait(app: Flask) -> None:
    published = make_awarded([Row("1"), Row("2", name=NOBODY_DRAWS), Row("3")])

    plan = planned(published)
    (left_out,) = plan.left_out
    assert left_out.values["recipient.name"] == NOBODY_DRAWS
    assert "U+323AF" in "".join(left_out.reasons)
    issue(published)
    jobs.sweep()

    made = certificates(published)
    assert [c.contestant_id for c in made] == [published.contestant_ids[0], published.contestant_ids[2]]
    assert [c.number[-4:] for c in made] == ["0001", "0002"]


def planned(published: Published) -> Plan:
    competition = db.session.get_one(Competition, published.competition_id)
    return plan_issue(db.session(), competition, published.event, TERMS, "http://127.0.0.1:8000")


def test_the_hardest_names_are_shown_before_anything_is_made(app: Flask) -> None:
    long = "阿依古丽·买买提艾力·吐尔逊"
    rows = [Row("1", name="张三"), Row("2", name=long), Row("3", name=RARE, member={"unit": "甲" * 30})]

    samples = hardest(planned(make_awarded(rows)))

    assert [(s.why, s.candidate.values["recipient.name"]) for s in samples] == [("最长姓名", long), ("最长单位", RARE)]
    rare = hardest(planned(make_awarded([Row("1", member={"unit": "乙" * 9}), Row("2", name="赵㛃"), Row("3")])))
    assert ("生僻字 㛃", "赵㛃") in [(s.why, s.candidate.values["recipient.name"]) for s in rare]


def test_issuing_again_makes_nothing_twice(app: Flask) -> None:
    published = make_certified()

    with pytest.raises(ConflictError, match="没有可以颁发的证书"):
        issue(published)

    assert len(certificates(published)) == 3


def test_only_the_chosen_prizes_are_issued_and_the_rest_later(app: Flask) -> None:
    published = make_awarded()

    issue(published, prizes=("二等奖",))
    jobs.sweep()
    assert [c.values["award.title"] for c in certificates(published)] == ["二等奖", "二等奖"]
    issue(published)
    jobs.sweep()

    assert [c.number[-4:] for c in certificates(published)] == ["0001", "0002", "0003"]


def test_a_second_issue_waits_for_the_first(app: Flask) -> None:
    published = make_awarded()
    issue(published)

    with pytest.raises(ConflictError, match="正在颁发"):
        issue(published)


def test_four_issues_at_once_make_no_doubles(app: Flask) -> None:
    published = make_awarded()

    def attempt(_: int) -> str:
        try:
            jobs.run_chunk(issue(published))
        except ConflictError:
            return "told"
        return "done"

    outcomes = at_once(app, attempt, range(4))

    made = certificates(published)
    assert "done" in outcomes
    assert sorted(c.contestant_id for c in made) == sorted(published.contestant_ids[:3])
    assert sorted(c.number[-4:] for c in made) == ["0001", "0002", "0003"]


def test_one_chunk_run_by_two_workers_is_done_once(app: Flask) -> None:
    published = make_awarded()
    batch_id = issue(published)

    def work(_: int) -> None:
        jobs.run_chunk(batch_id)

    at_once(app, work, range(2))

    assert [c.number[-4:] for c in certificates(published)] == ["0001", "0002", "0003"]


def test_a_batch_that_is_killed_in_a_chunk_goes_on_without_loss_or_doubling(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "CHUNK", 2)
    many = {"prizes": [{"name": "优胜奖", "number": 5}], "rounding": "down", "tie": "hold", "minimum": 0}
    published = make_awarded(prize_rules=many)
    batch_id = issue(published)
    jobs.run_chunk(batch_id)

    def killed(*_: object) -> bytes:
        raise KeyboardInterrupt

    with patch("certificates.issue.issuing.render", killed), pytest.raises(KeyboardInterrupt):
        jobs.run_chunk(batch_id)
    assert len(certificates(published)) == 2
    jobs.sweep()

    made = certificates(published)
    assert [c.contestant_id for c in made] == published.contestant_ids
    assert [c.number[-4:] for c in made] == ["0001", "0002", "0003", "0004", "0005"]
    batch = db.session.get_one(jobs.Batch, batch_id)
    assert (batch.state, batch.done, batch.total) == (jobs.BatchState.DONE, 5, 5)


def test_a_name_that_can_no_longer_be_drawn_stops_the_batch_with_the_reason(app: Flask) -> None:
    published = make_awarded()
    batch_id = issue(published)
    with transaction() as session:
        person_id = session.get_one(Contestant, published.contestant_ids[1]).person_id
        session.get_one(Person, person_id).name = NOBODY_DRAWS

    jobs.sweep()

    batch = db.session.get_one(jobs.Batch, batch_id)
    assert batch.state is jobs.BatchState.FAILED
    assert "U+323AF" in batch.message
    assert certificates(published) == []


@pytest.mark.parametrize(
    ("terms", "error", "said"),
    [
        (replace(TERMS, pattern="HB-{year}"), NumberPatternError, "流水号"),
        (replace(TERMS, pattern="HB-{colour}-{serial}"), NumberPatternError, "不认得"),
        (replace(TERMS, layout="no-such-layout"), NotFoundError, "没有名为"),
        (replace(TERMS, wording=Wording((), date(2026, 10, 22))), InvalidInputError, "一至三个落款单位"),
        (replace(TERMS, wording=Wording(("甲", "乙", "丙", "丁"), date(2026, 10, 22))), InvalidInputError, "一至三个"),
    ],
)
def test_terms_that_cannot_be_are_refused_before_anything_is_queued(
    app: Flask, terms: object, error: type[Exception], said: str
) -> None:
    published = make_awarded()

    with pytest.raises(error, match=said):
        issue(published, terms)  # type: ignore[arg-type]

    assert db.session.query(jobs.Batch).count() == 0


def test_nothing_is_issued_from_a_result_that_is_not_final(app: Flask) -> None:
    with pytest.raises(NotFinalError):
        issue(make_published(is_final=False))


def test_whoever_waits_for_a_decision_gets_no_certificate_yet(app: Flask) -> None:
    published = make_awarded([Row("1"), Row("2"), Row("3"), Row("3")])

    assert len(planned(published).open_ties) == 2
    issue(published)
    jobs.sweep()

    assert len(certificates(published)) == 2


def test_events_that_share_a_pattern_share_the_running_number(app: Flask) -> None:
    terms = replace(TERMS, pattern="HB-{year}-{serial:5}")
    competition = make_competition()
    for _ in range(2):
        issue(make_awarded(competition=competition), terms)
        jobs.sweep()

    numbers = [c.number for c in db.session.query(Certificate).order_by(Certificate.id)]
    assert numbers == [f"HB-2026-{n:05}" for n in range(1, 7)]


def revoke(published: Published, certificate: Certificate, reason: str = "冒名顶替，经查实") -> None:
    revoke_certificate(RevokeCertificate(published.competition_id, certificate.id, reason, published.organiser))


def test_the_course_knows_when_all_certificates_are_issued(app: Flask) -> None:
    published = make_awarded()
    before = course.facts(published.competition_id)
    issue(published)
    jobs.sweep()
    after = course.facts(published.competition_id)

    assert before.held == {Condition.NO_CERTIFICATES_IN_FORCE}
    assert after.held == {Condition.CERTIFICATES_ISSUED}
    assert [p.certificates for p in after.progress] == [3]


def test_a_competition_whose_awards_are_not_settled_has_not_issued_everything(app: Flask) -> None:
    assert Condition.CERTIFICATES_ISSUED not in course.facts(make_published().competition_id).held
    tied = make_awarded([Row("1"), Row("2"), Row("3"), Row("3")])
    issue(tied)
    jobs.sweep()
    assert Condition.CERTIFICATES_ISSUED not in course.facts(tied.competition_id).held


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 1, 1), "二〇二六年一月一日"),
        (date(2026, 10, 20), "二〇二六年十月二十日"),
        (date(2030, 12, 31), "二〇三〇年十二月三十一日"),
        (date(2026, 11, 10), "二〇二六年十一月十日"),
    ],
)
def test_a_date_is_written_as_on_paper(day: date, words: str) -> None:
    assert chinese_date(day) == words


def test_hosts_become_at_most_three_signers() -> None:
    assert issuers_of("甲、乙、 丙、丁") == ("甲", "乙", "丙")


def test_every_member_of_a_team_has_a_certificate_with_all_names(sqlite_app: Flask) -> None:
    published = make_awarded([Row("1", name="孙选手")], form=Form.DOUBLE)
    from factories import make_person, stored

    partner = make_person(name="李选手")
    stored(
        Contestant(
            entrant_id=published.entrant_ids[0], person_id=partner.id, unit="某厂", identity="学生", level=4, listed=2
        )
    )
    issue(published)
    jobs.sweep()

    made = certificates(published)
    assert [c.values["recipient.name"] for c in made] == ["孙选手", "李选手"]
    assert {c.values["recipient.members"] for c in made} == {"孙选手、李选手"}
    assert [c.values["recipient.honorific"] for c in made] == ["同志", "同学"]
    award = made[0].award
    assert personal_values(award, made[1].contestant, "女士")["recipient.honorific"] == "女士"


def test_after_an_upgrade_that_draws_differently_both_files_are_genuine(app: Flask) -> None:
    """An older installation drew the file another way; its digest stays known when the new way is first used."""
    published = make_certified()
    issued = certificates(published)[0]
    number, now_digest, old_digest = issued.id, issued.digest, "0" * 64
    with transaction() as session:
        row = session.get_one(Certificate, number)
        row.digest, row.renderer = old_digest, "0"

    pdf = file_of(db.session.get_one(Certificate, number))

    row = db.session.get_one(Certificate, number)
    assert digest_of(pdf) == row.digest == now_digest
    assert row.renderer == RENDERER
    assert digests_of(row) == {old_digest, now_digest}
    for digest in digests_of(row):
        found = certificate_with_file(db.session(), digest.upper())
        assert found is not None
        assert found.id == number
    assert file_of(row) == pdf
    assert verify() == []
