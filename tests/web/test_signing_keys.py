"""Signing keys on the web: registered, chosen, expired, removed; files checked by programs that did not write them."""

import io
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from awarded import TERMS, Published, certificates, issue, make_awarded
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from factories import make_account, make_competition, sign_in_account
from flask import Flask
from flask.testing import FlaskClient
from installation import missing
from signed import BODY, ROOTS, file_with, make_signed, register, terms
from signing_keys import KEYS, ROOT, ROOT_KEY, certificate, pem
from sqlalchemy import select, text

from certificates.issue.bundles import archive, ids_in_force
from certificates.issue.files import DigestError, digest_of, file_of
from certificates.issue.issuing import ReplaceCertificate, RevokeCertificate, replace_certificate, revoke_certificate
from certificates.models import Certificate
from certificates.pdf.signature_check import check_signatures
from certificates.pdf.signing import SigningKeyError
from certificates.signing_keys import registering
from certificates.signing_keys.models import SigningKey
from certificates.signing_keys.registering import RemoveKey, remove_key
from core import jobs
from core.audit import AuditEntry, verify
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.permissions import Role

P256, RSA = KEYS["P-256"], KEYS["RSA-2048"]
PASSWORD = "打开 这个"


def pkcs12_with(password: str) -> bytes:
    """The chain in the wrong order, as some programs export it."""
    return pkcs12.serialize_key_and_certificates(
        b"body", P256, certificate(P256), [ROOT], serialization.BestAvailableEncryption(password.encode())
    )


def remove(published: Published, key_id: int, reason: str = "密钥到期换发") -> None:
    remove_key(RemoveKey(published.competition_id, key_id, reason, published.organiser))


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Go to another moment."""

    def go(moment: datetime) -> None:
        monkeypatch.setattr("core.clock._now", lambda: moment)

    return go


@pytest.mark.parametrize("kind", ["P-256", "RSA-2048"])
def test_an_issue_signs_every_file_so_that_other_programs_accept_it(app: Flask, kind: str, tmp_path: Path) -> None:
    published = make_signed(file_with(kind))

    made = certificates(published)
    assert len(made) == 3
    for one in made:
        pdf = file_of(one)
        assert digest_of(pdf) == one.digest
        (finding,) = check_signatures(pdf, ROOTS)
        assert (finding.is_intact, finding.covers_file, finding.is_trusted) == (True, True, True)
        assert finding.signer == "云岭省总工会（测试）"
    if shutil.which("pdfsig") is None:
        missing("pdfsig", "apt-get install poppler-utils")
    path = tmp_path / "one.pdf"
    path.write_bytes(file_of(made[0]))
    said = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, check=False, cwd=tmp_path).stdout
    assert b"Signature is Valid" in said
    assert b"Total document signed" in said
    issued = [entry.detail for entry in db.session.query(AuditEntry) if entry.action == "certificate.issued"]
    assert [entry["signed_by"] for entry in issued] == [one.signed.key.fingerprint for one in made if one.signed]


def test_the_passphrase_and_the_private_key_are_nowhere_in_the_database(sqlite_app: Flask) -> None:
    published = make_awarded()
    register(published, file_with(password=PASSWORD), password=PASSWORD)

    raw = b"".join(
        repr(tuple(row)).encode()
        for table in ("signing_key", "audit_entry", "batch")
        for row in db.session.execute(text(f"SELECT * FROM {table}"))
    )
    assert PASSWORD.encode() not in raw
    assert b"PRIVATE KEY" not in raw
    secret = P256.private_numbers().private_value.to_bytes(32, "big")
    sealed = db.session.scalar(select(SigningKey.sealed))
    assert sealed is not None
    assert secret not in sealed


@pytest.mark.parametrize(
    ("data", "password"),
    [(file_with(password=PASSWORD), PASSWORD), (pkcs12_with(PASSWORD), PASSWORD), (pkcs12_with("x"), "x")],
    ids=["PEM", "PKCS#12", "PKCS#12 short"],
)
def test_a_key_comes_as_pem_or_pkcs12(sqlite_app: Flask, data: bytes, password: str) -> None:
    published = make_signed(data, password=password)

    (key,) = registering.keys_of(published.competition_id)
    assert [one.subject for one in registering.certificates_of_key(key)] == [certificate(P256).subject, ROOT.subject]
    assert check_signatures(file_of(certificates(published)[0]), ROOTS)[0].is_trusted


def _other_chain() -> bytes:
    stranger = certificate(ec.generate_private_key(ec.SECP256R1()), "别的机构")
    return pem(P256, certificate(P256), stranger)


@pytest.mark.parametrize(
    ("data", "password", "said"),
    [
        (b"", "", "请选择签名文件"),
        (b"x" * 70_000, "", "不超过 64 KB"),
        (b"hello", "", "应为 PEM 或 PKCS#12"),
        (file_with(password=PASSWORD), "错", "正确的密码"),
        (file_with(password=PASSWORD), "", "正确的密码"),
        (pkcs12_with(PASSWORD), "错", "正确的密码"),
        (pem(P256, certificate(RSA)), "", "与私钥不配对"),
        (pem(rsa.generate_private_key(65537, 1024), certificate(RSA)), "", "2048 位以上"),
        (pem(ed25519.Ed25519PrivateKey.generate(), certificate(P256)), "", "P-256"),
        (_other_chain(), "", "证书链不连续"),
        (pem(ROOT_KEY, ROOT), "", "用途不包括数字签名"),
    ],
)
def test_a_key_that_cannot_sign_is_refused_with_one_sentence(
    sqlite_app: Flask, data: bytes, password: str, said: str
) -> None:
    published = make_awarded()

    with pytest.raises(SigningKeyError, match=said):
        register(published, data, password=password)

    assert registering.keys_of(published.competition_id) == []


def test_a_certificate_outside_its_time_is_refused(sqlite_app: Flask, at, monkeypatch) -> None:
    published = make_awarded()
    for moment, said in (
        (datetime(2120, 1, 2, tzinfo=UTC), "已于 2120-01-01 过期"),
        (datetime(2019, 12, 30, tzinfo=UTC), "到 2020-01-01 才生效"),
    ):
        at(moment)
        with pytest.raises(SigningKeyError, match=said):
            register(published)


def test_an_issue_with_a_key_that_expired_since_is_refused_and_a_queued_one_stops(sqlite_app: Flask, at) -> None:
    published, later = make_awarded(), make_awarded()
    key_id, later_key = register(published), register(later)
    issue(later, terms(later_key))
    at(datetime(2120, 2, 1, tzinfo=UTC))

    with pytest.raises(SigningKeyError, match="过期"):
        issue(published, terms(key_id))
    jobs.sweep()

    assert certificates(later) == []
    batch = db.session.scalars(select(jobs.Batch)).one()
    assert batch.state is jobs.BatchState.FAILED
    assert "过期" in batch.message


def test_the_day_on_the_paper_must_lie_in_the_certificates_time(sqlite_app: Flask) -> None:
    published = make_awarded()
    chosen = replace(terms(register(published)), wording=replace(TERMS.wording, issued_on=date(2019, 12, 1)))

    with pytest.raises(SigningKeyError, match="不含落款日期 2019-12-01"):
        issue(published, chosen)


def test_the_key_of_another_body_or_competition_signs_nothing(sqlite_app: Flask) -> None:
    published, other = make_awarded(), make_awarded()

    with pytest.raises(InvalidInputError, match="落款单位里没有它"):
        issue(published, terms(register(published, body="云南省总工会")))
    with pytest.raises(NotFoundError):
        issue(published, terms(register(other)))


def test_a_removed_key_is_erased_and_what_it_signed_is_still_made_byte_for_byte(app: Flask) -> None:
    published = make_signed()
    (key,) = registering.keys_of(published.competition_id)
    key_id, before = key.id, [file_of(one) for one in certificates(published)]

    remove(published, key_id)

    kept = db.session.get_one(SigningKey, key_id)
    assert kept.sealed is None
    assert kept.chain.startswith("-----BEGIN CERTIFICATE")
    assert [file_of(one) for one in certificates(published)] == before
    package = b"".join(archive(db.session(), ids_in_force(db.session(), published.competition_id)))
    assert all(pdf in package for pdf in before)
    another = make_awarded(competition=db.session.get_one(type(make_competition()), published.competition_id))
    with pytest.raises(SigningKeyError, match="已经移除"):
        issue(another, terms(key_id))
    with pytest.raises(ConflictError, match="已经移除"):
        remove(published, key_id)
    assert verify() == []


def test_removing_wants_a_reason_and_the_right_competition(sqlite_app: Flask) -> None:
    published, other = make_awarded(), make_awarded()
    key_id = register(published)

    with pytest.raises(InvalidInputError, match="理由"):
        remove(published, key_id, " ")
    with pytest.raises(NotFoundError):
        remove(other, key_id)
    with pytest.raises(InvalidInputError, match="颁发单位"):
        register(other, body=" ")


def test_one_key_is_registered_once_until_it_is_removed(app: Flask) -> None:
    published = make_awarded()
    data = file_with()
    key_id = register(published, data)

    with pytest.raises(ConflictError, match="已经登记"):
        register(published, data)
    remove(published, key_id)

    assert register(published, data) != key_id


def test_a_file_that_was_changed_or_whose_values_were_is_not_given_out(app: Flask) -> None:
    published = make_signed()
    first = certificates(published)[0].id
    with transaction() as session:
        row = session.get_one(Certificate, first)
        row.values = row.values | {"recipient.name": "李外人"}

    with pytest.raises(DigestError, match="不一致"):
        file_of(certificates(published)[0])


def test_after_an_upgrade_a_signed_file_is_signed_anew_unless_the_key_is_gone(app: Flask) -> None:
    """The earlier renderer is played by a stored signature that signs something else."""
    published = make_signed()
    first, second = (one.id for one in certificates(published)[:2])
    with transaction() as session:
        for number in (first, second):
            row = session.get_one(Certificate, number)
            assert row.signed is not None
            row.digest, row.renderer, row.signed.signature = f"{number:064}", "0", b"\x30\x02\x05\x00"

    pdf = file_of(db.session.get_one(Certificate, first))

    assert check_signatures(pdf, ROOTS)[0].is_intact
    assert file_of(db.session.get_one(Certificate, first)) == pdf
    remove(published, registering.keys_of(published.competition_id)[0].id)
    with pytest.raises(SigningKeyError, match="已经移除"):
        file_of(db.session.get_one(Certificate, second))


def test_a_replacement_is_signed_again_and_never_quietly_unsigned(app: Flask) -> None:
    published = make_signed()
    first, second = certificates(published)[:2]

    def replaced(number: int) -> Certificate:
        day = date(2026, 11, 1)
        command = ReplaceCertificate(published.competition_id, number, "姓名有误", day, published.organiser)
        return db.session.get_one(Certificate, replace_certificate(command))

    second_id = second.id
    assert check_signatures(file_of(replaced(first.id)), ROOTS)[0].is_trusted
    remove(published, registering.keys_of(published.competition_id)[0].id)
    with pytest.raises(SigningKeyError, match="请先登记"):
        replaced(second_id)
    register(published, file_with("RSA-2048"))
    anew = replaced(second_id)
    assert anew.signed is not None
    assert anew.signed.key.algorithm == "RSA-2048"


def test_a_flipped_byte_and_a_later_edit_of_a_signed_file_are_found_by_the_command(app: Flask, tmp_path: Path) -> None:
    published = make_signed()
    pdf = file_of(certificates(published)[0])
    (tmp_path / "roots.pem").write_bytes(ROOTS)

    def told(data: bytes) -> tuple[int, str]:
        (tmp_path / "file.pdf").write_bytes(data)
        asked = ["certificates", "verify", str(tmp_path / "file.pdf"), "--trust", str(tmp_path / "roots.pem")]
        result = app.test_cli_runner().invoke(args=asked)
        return result.exit_code, result.output

    code, said = told(pdf)
    assert (code, "签名者：受信" in said, "签名之后没有改动" in said) == (0, True, True)
    place = pdf.index(b"/Title") + 20
    code, said = told(pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :])
    assert (code, "已被改动，签名无效" in said, "有效，编号" in said) == (1, True, False)
    code, said = told(pdf + b"\n% added later\n")
    assert (code, "签名之后文件又添加了内容" in said) == (1, True)


def test_the_page_knows_a_signed_file_and_none_that_was_changed(client: FlaskClient) -> None:
    published = make_signed()
    made = certificates(published)[0]
    pdf, code, number = file_of(made), made.code, made.id

    def asked(data: bytes) -> int:
        return client.get(f"/verify/files/{digest_of(data)}").status_code

    assert client.get(f"/verify/files/{digest_of(pdf)}").location.startswith(f"/v/{code}")
    place = len(pdf) // 2
    flipped = pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]
    assert [asked(flipped), asked(pdf + b"\n% added later\n")] == [404, 404]
    for data in (flipped, pdf + b"%"):
        assert "您的文件与颁发的不同" in client.get(f"/v/{code}?sha256={digest_of(data)}").text
    revoke_certificate(RevokeCertificate(published.competition_id, number, "冒名顶替", published.organiser))
    assert "证书已撤销" in client.get(f"/verify/files/{digest_of(pdf)}", follow_redirects=True).text
    forged = code[:5] + ("A" if code[5] != "A" else "B") + code[6:]
    assert client.get(f"/v/{forged}").status_code in (404, 422)


PAGES = "/certificates/competitions"


def test_the_organiser_registers_chooses_and_removes_a_key_on_the_pages(client: FlaskClient) -> None:
    published = make_awarded()
    page = f"{PAGES}/{published.competition_id}"
    account = make_account(role=Role.ORGANISER, competition_id=published.competition_id)
    sign_in_account(client, account)

    given = {"body": BODY, "password": "错", "file": (io.BytesIO(file_with(password=PASSWORD)), "key.pem")}
    refused = client.post(f"{page}/signing-keys", data=given)
    assert refused.status_code == 422
    assert "正确的密码" in refused.text
    given = {"body": BODY, "password": PASSWORD, "file": (io.BytesIO(file_with(password=PASSWORD)), "key.pem")}
    assert client.post(f"{page}/signing-keys", data=given).status_code == 302
    shown = client.get(f"{page}/signing-keys").text
    (key,) = registering.keys_of(published.competition_id)
    for words in ("云岭省总工会（测试）", key.fingerprint, "2120", "测试根", "P-256"):
        assert words in shown
    assert PASSWORD not in shown
    key_id = key.id
    terms_page = client.get(f"{page}/events/{published.event_id}/issues/new").text
    assert f'selected value="{key_id}"' in terms_page
    data = {
        "layout": "huiwen-gold", "pattern": TERMS.pattern, "issuers": "、".join(TERMS.wording.issuers),
        "issued_on": "2026-10-22", "citation": "优异", "key": str(key_id), "prizes": ["一等奖"],
        "early_reason": "没有公示",
    }  # fmt: skip
    assert client.post(f"{page}/events/{published.event_id}/issues", data=data).status_code == 302
    jobs.sweep()
    (made,) = certificates(published)
    made_id, code, fingerprint = made.id, made.code, made.signed.key.fingerprint
    assert fingerprint[:12] in client.get(f"{page}/certificates/{made_id}").text
    assert fingerprint in client.get(f"/v/{code}").text
    assert client.get(f"/verify/keys/{fingerprint}.pem").data.startswith(b"-----BEGIN CERTIFICATE")
    assert b"PRIVATE" not in client.get(f"{page}/signing-keys/{key_id}.pem").data
    assert client.get(f"/verify/keys/{'0' * 64}.pem").status_code == 404
    removed = client.post(f"{page}/signing-keys/{key_id}/removal", data={"reason": "换发"})
    assert removed.status_code == 302
    assert "已移除" in client.get(f"{page}/signing-keys").text
    assert client.get(f"{page}/certificates/{made_id}.pdf").status_code == 200


def test_a_system_administrator_registers_keys_and_others_do_not(client: FlaskClient) -> None:
    competition_id = make_competition().id
    page = f"{PAGES}/{competition_id}/signing-keys"
    sign_in_account(client, make_account(role=Role.SYSTEM_ADMIN))
    assert client.get(page).status_code == 200
    for role in (Role.CHIEF_JUDGE, Role.SUPERVISOR, Role.AUDITOR):
        sign_in_account(client, make_account(role=role, competition_id=competition_id))
        assert client.get(page).status_code == 403, role
        assert client.post(page).status_code == 403, role
    sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=make_competition().id))
    assert client.get(page).status_code == 403
