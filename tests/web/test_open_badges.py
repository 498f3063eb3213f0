"""Credentials beside certificates: signed so that another library accepts them, minimal, revocable, one's own."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from awarded import TERMS, Published, certificates, issue, make_awarded
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from factories import identity_number, make_account, make_person, sign_in_account
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey, RSAKey
from signing_keys import KEYS, certificate, pem

from certificates.contestants.erasing import ErasePerson, erase_person
from certificates.issue.files import file_of
from certificates.issue.issuing import (
    ReplaceCertificate,
    RevokeCertificate,
    replace_certificate,
    revoke_certificate,
)
from certificates.models import Certificate, CertificateSignature
from certificates.open_badges.credential import credential_id, identity_hash
from certificates.open_badges.making import credential_of, revoked_in
from certificates.signing_keys.registering import (
    RegisterKey,
    RemoveKey,
    SwitchCredentials,
    keys_of,
    register_key,
    remove_key,
    switch_credentials,
)
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Contestant
from competitions.registration.entrants import access_code
from core import jobs
from core.audit import AuditEntry
from core.clock import competition_day
from core.db import db, transaction
from core.errors import ConflictError, NotFoundError
from core.permissions import Role

BODY = "河北省总工会"
PAGES = "/certificates/competitions"
LIBRARY = {"P-256": (ECKey, "ES256"), "RSA-2048": (RSAKey, "RS256")}


def make_credited(kind: str = "P-256", *, gives_credentials: bool = True) -> Published:
    published = make_awarded()
    data = pem(KEYS[kind], certificate(KEYS[kind]))
    key_id = register_key(RegisterKey(published.competition_id, BODY, data, "", gives_credentials, published.organiser))
    issue(published, replace(TERMS, key_id=key_id))
    jobs.sweep()
    return published


def address_of(header: dict[str, Any]) -> str:
    return str(header["kid"]).removeprefix("http://127.0.0.1:8000")


@pytest.mark.parametrize("kind", LIBRARY)
def test_another_library_verifies_a_credential_with_the_key_that_its_header_names(
    client: FlaskClient, kind: str
) -> None:
    published = make_credited(kind)
    made = certificates(published)[0]
    library, algorithm = LIBRARY[kind]
    token = credential_of(made)
    code, name, number = made.code, made.values["recipient.name"], made.values["award.title"]

    header = json.loads(_decoded(token.split(".")[0]))
    published_key = client.get(address_of(header))
    found = jwt.decode(token, library.import_key(published_key.json), algorithms=[algorithm])

    assert found.header["alg"] == algorithm
    claims = found.claims
    assert claims["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert (claims["jti"], claims["id"]) == (credential_id(code), credential_id(code))
    assert claims["sub"] == claims["credentialSubject"]["id"]
    assert claims["iss"] == claims["issuer"]["id"] == header["kid"]
    assert claims["issuer"]["name"] == BODY
    assert claims["credentialSubject"]["achievement"]["name"] == number
    assert claims["evidence"][0]["id"] == f"http://127.0.0.1:8000/v/{code}"
    (identity,) = claims["credentialSubject"]["identifier"]
    assert identity["identityHash"] == identity_hash(name, identity["salt"])
    assert name not in json.dumps(claims, ensure_ascii=False)


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_a_changed_credential_is_refused_by_the_other_library(sqlite_app: Flask) -> None:
    token = credential_of(certificates(make_credited())[0])
    header, payload, signature = token.split(".")
    key = ECKey.import_key(KEYS["P-256"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    for forged in (
        f"{header}.{payload[:-4]}{'AAAA' if payload[-4:] != 'AAAA' else 'BBBB'}.{signature}",
        f"{header}.{payload}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}",
    ):
        with pytest.raises(BadSignatureError):
            jwt.decode(forged, key, algorithms=["ES256"])


def test_two_holders_of_one_name_have_different_digests(sqlite_app: Flask) -> None:
    assert identity_hash("张伟", "aa") != identity_hash("张伟", "ab")


def test_a_revoked_credential_is_on_the_public_list_and_not_given_out(client: FlaskClient) -> None:
    published = make_credited()
    made = certificates(published)[0]
    number, code = made.id, made.code
    status = json.loads(_decoded(credential_of(made).split(".")[1]))["credentialStatus"]
    listed = status["id"].removeprefix("http://127.0.0.1:8000")
    assert client.get(listed).json["revokedCredential"] == []

    revoke_certificate(RevokeCertificate(published.competition_id, number, "冒名顶替", published.organiser))

    answer = client.get(listed)
    assert [entry["id"] for entry in answer.json["revokedCredential"]] == [credential_id(code)]
    assert code not in answer.text
    assert "冒名" not in answer.text
    with pytest.raises(NotFoundError, match="已失效"):
        credential_of(certificates(published)[0])


def test_an_erased_persons_credential_is_gone_and_stays_on_the_list(sqlite_app: Flask) -> None:
    published = make_credited()
    made = certificates(published)[0]
    number, code = made.id, made.code
    with transaction() as session:
        session.get_one(Competition, published.competition_id).state = CompetitionState.ARCHIVED

    erase_person(ErasePerson(published.competition_id, published.contestant_ids[0], "本人申请", published.organiser))

    kept = db.session.get_one(CertificateSignature, number)
    assert kept.credential == ""
    revoked = revoked_in(db.session(), published.competition_id, "http://a.cn")["revokedCredential"]
    assert [entry["id"] for entry in revoked] == [credential_id(code)]


def test_without_the_wish_there_is_no_credential(sqlite_app: Flask) -> None:
    made = certificates(make_credited(gives_credentials=False))[0]

    with pytest.raises(NotFoundError, match="没有数字凭证"):
        credential_of(made)
    assert file_of(made)


def test_the_wish_is_switched_for_later_certificates_and_on_record(client: FlaskClient, app: Flask) -> None:
    published = make_credited(gives_credentials=False)
    earlier = certificates(published)[0].id
    (key,) = keys_of(published.competition_id)
    key_id, page = key.id, f"/certificates/competitions/{published.competition_id}/signing-keys"
    sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=published.competition_id))
    assert "以后同时生成数字凭证" in client.get(page).text
    assert client.post(f"{page}/{key_id}/credentials/on").status_code == 302
    assert "不再生成数字凭证" in client.get(page).text
    assert client.post(f"{page}/{key_id}/credentials/on").status_code == 409

    replaced = ReplaceCertificate(published.competition_id, earlier, "姓名更正", competition_day(), published.organiser)
    fresh = replace_certificate(replaced)
    assert credential_of(db.session.get_one(Certificate, fresh)).count(".") == 2
    db.session.remove()
    with transaction() as session:
        lines = session.query(AuditEntry).filter(AuditEntry.action.startswith("signing_key.credentials")).all()
        assert [line.action for line in lines] == ["signing_key.credentials_on"]


def test_a_revocation_stays_on_the_list_after_the_wish_is_gone(sqlite_app: Flask) -> None:
    published = make_credited()
    made = certificates(published)[0]
    code, made_id = made.code, made.id
    (key,) = keys_of(published.competition_id)
    switch_credentials(SwitchCredentials(published.competition_id, key.id, False, published.organiser))
    revoke_certificate(RevokeCertificate(published.competition_id, made_id, "查实顶替", published.organiser))

    listed = revoked_in(db.session(), published.competition_id, "https://zs.example.cn")
    assert [entry["id"] for entry in listed["revokedCredential"]] == [credential_id(code)]  # type: ignore[index]


def test_a_stranger_cannot_switch_credentials_and_a_removed_key_gives_none(client: FlaskClient) -> None:
    published = make_credited(gives_credentials=False)
    (key,) = keys_of(published.competition_id)
    key_id = key.id
    address = f"/certificates/competitions/{published.competition_id}/signing-keys/{key_id}/credentials/on"
    assert client.post(address).status_code in (302, 401)
    sign_in_account(client, make_account(role=Role.CHIEF_JUDGE, competition_id=published.competition_id))
    assert client.post(address).status_code == 403
    remove_key(RemoveKey(published.competition_id, key_id, "到期", published.organiser))
    with pytest.raises(ConflictError, match="已经移除"):
        switch_credentials(SwitchCredentials(published.competition_id, key_id, True, published.organiser))


def test_a_credential_outlives_the_key_that_signed_it(client: FlaskClient) -> None:
    published = make_credited()
    token = credential_of(certificates(published)[0])
    (key,) = keys_of(published.competition_id)
    remove_key(RemoveKey(published.competition_id, key.id, "到期", published.organiser))

    again = credential_of(certificates(published)[0])

    assert again == token
    header = json.loads(_decoded(token.split(".")[0]))
    assert jwt.decode(again, ECKey.import_key(client.get(address_of(header)).json), algorithms=["ES256"])


def test_a_contestant_downloads_the_own_credential_and_nobody_elses(client: FlaskClient) -> None:
    published = make_credited()
    document = identity_number(731)
    person_id = make_person(document_number=document).id
    with transaction() as session:
        session.get_one(Contestant, published.contestant_ids[0]).person_id = person_id
    contestant = db.session.get_one(Contestant, published.contestant_ids[0])
    own, other = (one.id for one in certificates(published)[:2])
    client.post("/contestant/sign-in", data={"document": document, "code": access_code(contestant)})

    page = client.get("/own").text
    assert f"/own/certificates/{own}.jwt" in page
    answer = client.get(f"/own/certificates/{own}.jwt")
    assert answer.mimetype == "application/vc+jwt"
    assert answer.text.count(".") == 2
    assert client.get(f"/own/certificates/{other}.jwt").status_code == 404
    assert client.get(f"{PAGES}/{published.competition_id}/certificates/{own}.jwt").status_code == 403


def test_the_organiser_downloads_it_too(client: FlaskClient) -> None:
    published = make_credited()
    sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=published.competition_id))
    made = certificates(published)[0]
    address = f"{PAGES}/{published.competition_id}/certificates/{made.id}"

    assert f"{made.id}.jwt" in client.get(address).text
    assert client.get(f"{address}.jwt").text == credential_of(certificates(published)[0])
