"""Seals: printed only with an authorisation that a second person confirmed and that is in force."""

from dataclasses import replace
from datetime import date
from typing import Any

import pypdfium2
import pytest
from at_once import at_once
from awarded import TERMS, Row, certificates, issue, make_awarded
from factories import make_account, make_actor, make_competition, sign_in_account
from flask import Flask
from flask.testing import FlaskClient
from makers_materials import OWNER, SEAL, base, file, make_seal, paper, png, revoke, sealed_layout, signed_in
from sqlalchemy import select

from certificates.issue.files import digest_of, file_of
from certificates.issue.issuing import ReplaceCertificate, RevokeCertificate, replace_certificate, revoke_certificate
from certificates.materials.models import SealAuthorisation
from certificates.materials.seals import (
    ConfirmSeal,
    SealNotAuthorisedError,
    confirm_seal,
)
from certificates.models import CertificateState
from core import jobs
from core.audit import AuditEntry
from core.db import db
from core.errors import ConflictError
from core.jobs import Batch, BatchState
from core.permissions import Role


def test_a_seal_is_printed_only_once_a_second_person_has_confirmed_it(client: FlaskClient) -> None:
    published = make_awarded([Row("1")])
    competition_id = published.competition_id
    page = f"{base(competition_id)}/seals"
    recorder = make_account(role=Role.ORGANISER, competition_id=competition_id)
    sign_in_account(client, recorder)
    said = paper()
    form = {
        "name": said.name,
        "owner": said.owner,
        "authorised_by": said.authorised_by,
        "document": said.document,
        "valid_from": said.valid_from.isoformat(),
        "valid_until": said.valid_until.isoformat(),
        "file": file(png()),
    }
    assert "请另一个人对照授权文件确认" in client.post(page, data=form, follow_redirects=True).text
    assert client.post(f"{page}/1/confirmation").status_code == 403
    layout = sealed_layout(competition_id)
    with pytest.raises(ConflictError, match="没有可以颁发的证书"):
        issue(published, replace(TERMS, layout=layout))
    address = f"{base(competition_id)}/events/{published.event_id}/issues/new?layout={layout}"
    assert f"印章“{SEAL}”没有有效的授权" in client.get(address).text

    signed_in(client, competition_id, Role.SUPERVISOR)
    assert "印章授权已生效" in client.post(f"{page}/1/confirmation", follow_redirects=True).text
    assert client.post(f"{page}/1/confirmation").status_code == 409
    issue(published, replace(TERMS, layout=layout))
    jobs.sweep()

    (certificate,) = certificates(published)
    assert certificate.layout.materials["seals"][SEAL]["authorisation"] == 1
    with pypdfium2.PdfDocument(file_of(certificate)) as pdf:
        assert "（盖章）" not in pdf[0].get_textpage().get_text_range()
    acts = list(
        db.session.scalars(
            select(AuditEntry.action).where(AuditEntry.action.startswith("seal.")).order_by(AuditEntry.id)
        )
    )
    assert acts == ["seal.recorded", "seal.confirmed"]


def test_a_revoked_seal_stops_what_is_queued_and_leaves_what_was_issued(app: Flask) -> None:
    published = make_awarded([Row("1"), Row("2"), Row("3")])
    seal_id = make_seal(published.competition_id)
    layout = sealed_layout(published.competition_id)
    issue(published, replace(TERMS, layout=layout), prizes=("一等奖",))
    jobs.sweep()
    (first,) = certificates(published)
    batch_id = issue(published, replace(TERMS, layout=layout), prizes=("二等奖",))

    revoke(published.competition_id, seal_id)
    jobs.sweep()

    batch = db.session.get_one(Batch, batch_id)
    assert batch.state is BatchState.FAILED
    assert SEAL in batch.message
    assert [one.id for one in certificates(published)] == [first.id]
    assert digest_of(file_of(certificates(published)[0])) == first.digest
    command = ReplaceCertificate(published.competition_id, first.id, "改名", date(2026, 10, 23), published.organiser)
    with pytest.raises(SealNotAuthorisedError, match="没有有效的授权"):
        replace_certificate(command)
    assert certificates(published)[0].state is CertificateState.VALID
    revoke_certificate(RevokeCertificate(published.competition_id, first.id, "查实", published.organiser))


@pytest.mark.parametrize(
    "over",
    [
        {"valid_from": date(2020, 1, 1), "valid_until": date(2020, 12, 31)},
        {"valid_from": date(2090, 1, 1), "valid_until": date(2090, 12, 31)},
        {"confirmed": False},
        {"owner": "河北省人力资源和社会保障厅"},
    ],
)
def test_a_seal_out_of_time_unconfirmed_or_of_another_owner_is_never_printed(app: Flask, over: dict[str, Any]) -> None:
    published = make_awarded([Row("1")])
    make_seal(published.competition_id, **over)

    with pytest.raises(ConflictError, match="没有可以颁发的证书"):
        issue(published, replace(TERMS, layout=sealed_layout(published.competition_id)))


def test_built_in_layouts_leave_the_place_blank_whatever_is_authorised(app: Flask) -> None:
    published = make_awarded([Row("1")])
    make_seal(published.competition_id)

    issue(published)
    jobs.sweep()

    (certificate,) = certificates(published)
    assert certificate.layout.materials == {}


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"valid_until": "2020-01-01"}, "截止日期早于开始日期"),
        ({"valid_from": "明天"}, "请填写日期"),
        ({"document": ""}, "请填写授权文件"),
        ({"name": "seal.1"}, "不能以 seal. 开头"),
        ({"file": b"%PDF-1.7"}, "不是完好的 PNG 或 JPEG"),
    ],
)
def test_an_authorisation_that_is_not_whole_is_refused_and_what_was_typed_stays(
    client: FlaskClient, over: dict[str, Any], reason: str
) -> None:
    competition_id = make_competition().id
    signed_in(client, competition_id)
    form = {
        "name": SEAL,
        "owner": OWNER,
        "authorised_by": "王主席",
        "document": "批复",
        "valid_from": "2026-01-01",
        "valid_until": "2026-12-31",
        "file": png(),
    } | over

    answer = client.post(f"{base(competition_id)}/seals", data=form | {"file": file(form["file"])})

    assert answer.status_code == 422
    assert reason in answer.text
    assert "王主席" in answer.text
    assert db.session.query(SealAuthorisation).count() == 0


def test_two_confirmations_at_once_are_one(app: Flask) -> None:
    competition_id = make_competition().id
    seal_id = make_seal(competition_id, confirmed=False)

    def press(number: int) -> str:
        actor = make_actor(Role.SUPERVISOR, competition_id, subject_id=910 + number)
        try:
            confirm_seal(ConfirmSeal(competition_id, seal_id, actor))
        except ConflictError:
            return "refused"
        return "confirmed"

    assert sorted(at_once(app, press, range(2))) == ["confirmed", "refused"]


def test_revoking_a_seal_wants_a_reason(client: FlaskClient) -> None:
    competition_id = make_competition().id
    make_seal(competition_id)
    signed_in(client, competition_id)
    page = f"{base(competition_id)}/seals"

    assert client.post(f"{page}/1/revocation", data={"reason": " "}).status_code == 422
    assert "印章更换" in client.post(f"{page}/1/revocation", data={"reason": "印章更换"}, follow_redirects=True).text
    assert client.post(f"{page}/1/revocation", data={"reason": "再次"}).status_code == 409
