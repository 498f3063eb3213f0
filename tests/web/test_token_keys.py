"""Certificates signed with a key that lives on the installation's token, registered by its label."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from awarded import TERMS, Published, certificates, issue, make_awarded
from factories import make_account, sign_in_account
from flask import Flask
from flask.testing import FlaskClient
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from signing_keys import KEYS, certificate
from soft_token import SoftToken, soft_token
from sqlalchemy import select

from certificates.issue.files import file_of
from certificates.open_badges.making import credential_of
from certificates.pdf.signing import SigningKeyError
from certificates.signing_keys.models import SigningKey
from certificates.signing_keys.registering import (
    RegisterTokenKey,
    RemoveKey,
    keys_of,
    register_token_key,
    remove_key,
)
from certificates.signing_keys.token import signer_on_token, token_access
from certificates.signing_keys.using import live_signer
from core import jobs
from core.audit import AuditEntry
from core.db import db
from core.errors import ConflictError, InvalidInputError
from core.permissions import Role

BODY = "河北省总工会"


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SoftToken:
    """The token of this installation, its PIN in a file."""
    found = soft_token()
    (tmp_path / "pin").write_text(f"{found.pin}\n")
    monkeypatch.setenv("TOKEN_MODULE", str(found.module))
    monkeypatch.setenv("TOKEN_LABEL", found.label)
    monkeypatch.setenv("TOKEN_PIN_FILE", str(tmp_path / "pin"))
    return found


def registered(published: Published, label: str = "P-256") -> int:
    return register_token_key(
        RegisterTokenKey(published.competition_id, BODY, label, gives_credentials=True, actor=published.organiser)
    )


@pytest.mark.parametrize("label", KEYS)
def test_an_issue_is_signed_by_the_token_and_needs_it_no_more_for_a_download(
    app: Flask, token: SoftToken, label: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        published = make_awarded()
        issue(published, replace(TERMS, key_id=registered(published, label)))
        jobs.sweep()
        monkeypatch.delenv("TOKEN_MODULE")
        made = certificates(published)[0]
        (signature,) = PdfFileReader(io.BytesIO(file_of(made))).embedded_signatures
        found = validate_pdf_signature(signature, ValidationContext(trust_roots=[], allow_fetching=False))
        assert found.intact
        assert found.valid
        assert credential_of(made).count(".") == 2


def test_neither_the_private_key_nor_the_pin_is_stored_or_recorded(app: Flask, token: SoftToken) -> None:
    with app.app_context():
        published = make_awarded()
        registered(published)
        key = db.session.scalars(select(SigningKey)).one()
        assert (key.sealed, key.token_key) == (None, "P-256")
        lines = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "signing_key.added")).all()
        assert [line.detail["fingerprint"] for line in lines] == [key.fingerprint]
        assert token.pin not in str([line.detail for line in lines])


@pytest.mark.parametrize(
    ("over", "error", "words"),
    [
        ({"body": " "}, InvalidInputError, "颁发单位"),
        ({"key_label": " "}, InvalidInputError, "私钥的标签"),
        ({"key_label": "none"}, SigningKeyError, "没有这个标签的私钥"),
    ],
)
def test_what_is_missing_is_named(
    app: Flask, token: SoftToken, over: dict[str, str], error: type[Exception], words: str
) -> None:
    with app.app_context():
        published = make_awarded()
        command = RegisterTokenKey(published.competition_id, BODY, "P-256", False, published.organiser)
        with pytest.raises(error, match=words):
            register_token_key(replace(command, **over))


def test_the_same_key_is_registered_once_and_a_removed_one_signs_no_more(app: Flask, token: SoftToken) -> None:
    with app.app_context():
        published = make_awarded()
        key_id = registered(published)
        with pytest.raises(ConflictError, match="已经登记"):
            registered(published)
        remove_key(RemoveKey(published.competition_id, key_id, "介质收回", published.organiser))
        with pytest.raises(SigningKeyError, match="已经移除"):
            live_signer(keys_of(published.competition_id)[0])


def test_another_certificate_under_the_same_label_does_not_sign_in_its_place(app: Flask, token: SoftToken) -> None:
    with app.app_context():
        published = make_awarded()
        registered(published)
        (key,) = keys_of(published.competition_id)
        changed = SigningKey(holder=key.holder, token_key="RSA-2048", fingerprint=key.fingerprint)
        with pytest.raises(SigningKeyError, match="另一份证书"):
            live_signer(changed)


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"TOKEN_MODULE": "/x.so"}, "还须设"),
        ({"TOKEN_MODULE": "/x.so", "TOKEN_LABEL": "a"}, "还须设"),
        ({"TOKEN_MODULE": "/x.so", "TOKEN_LABEL": "a", "TOKEN_PIN_FILE": "/nowhere/pin"}, "读不到 PIN 文件"),
    ],
)
def test_half_a_setting_is_refused(environ: dict[str, str], words: str) -> None:
    with pytest.raises(SigningKeyError, match=words):
        token_access(environ)


def test_without_a_token_nothing_is_offered_and_nothing_signs(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOKEN_MODULE", raising=False)
    published = make_awarded()
    sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=published.competition_id))
    page = f"/certificates/competitions/{published.competition_id}/signing-keys"
    assert "签名介质" not in client.get(page).text
    assert token_access({}) is None
    with pytest.raises(SigningKeyError, match="没有接签名介质"):
        signer_on_token("P-256")


def test_the_organiser_registers_a_key_of_the_token_on_the_page(client: FlaskClient, token: SoftToken) -> None:
    published = make_awarded()
    page = f"/certificates/competitions/{published.competition_id}/signing-keys"
    given = {"body": BODY, "key_label": "P-256"}
    assert client.post(f"{page}/on-token", data=given).status_code in (302, 401)
    sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=published.competition_id))
    assert "登记签名介质里的证书" in client.get(page).text
    refused = client.post(f"{page}/on-token", data=given | {"key_label": "none"})
    assert refused.status_code == 422
    assert "没有这个标签的私钥" in refused.text
    assert client.post(f"{page}/on-token", data=given).status_code == 302
    shown = client.get(page).text
    assert "在签名介质里，标签 P-256" in shown
    assert certificate(KEYS["P-256"]).subject.rfc4514_string().removeprefix("CN=") in shown
