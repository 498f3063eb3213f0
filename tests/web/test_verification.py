"""The public verification page: by code, by QR, by file; names only for who knows them; guessers are stopped."""

import hashlib
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from awarded import Published, Row, certificates, make_certified
from flask import Flask
from flask.testing import FlaskClient
from installation import ROOT, missing

from certificates.issue.files import file_of
from certificates.issue.issuing import (
    ReplaceCertificate,
    RevokeCertificate,
    replace_certificate,
    revoke_certificate,
)
from certificates.issue.numbering import VerificationCodeError, grouped_code, new_code
from certificates.verification.verifying import UnknownCodeError, code_of_file, is_same_name, masked_name, verify_code
from core.auth import TRIES_ALLOWED
from core.errors import TooManyTriesError

HERE = "192.0.2.7"
NAME = "欧阳𬱖"


@pytest.fixture
def published(app: Flask) -> Published:
    return make_certified([Row("1", name=NAME), Row("2", name="张三"), Row("3")])


def test_a_code_leads_to_what_stands_on_the_certificate(published: Published, client: FlaskClient) -> None:
    certificate = certificates(published)[0]

    shown = client.get(f"/v/{certificate.code}").text

    for words in ("证书有效", "欧＊𬱖", "一等奖", certificate.number, "2026-10-22", "河北省总工会"):
        assert words in shown
    assert NAME not in shown
    assert certificate.contestant.person.document_masked not in shown


def test_a_code_is_understood_however_people_type_it(published: Published, client: FlaskClient) -> None:
    code = certificates(published)[0].code
    typed = " ".join(grouped_code(code).lower().replace("0", "o").replace("1", "l").split("-"))

    assert verify_code(typed, HERE).certificate.code == code
    answer = client.get("/verify", query_string={"code": typed}, follow_redirects=True)
    assert "证书有效" in answer.text


def test_a_mistyped_code_is_told_apart_from_an_unknown_one_and_is_kept(
    published: Published, client: FlaskClient
) -> None:
    code = certificates(published)[0].code
    mistyped = ("2" if code[0] != "2" else "3") + code[1:]

    with pytest.raises(VerificationCodeError, match="输错或调换"):
        verify_code(mistyped, HERE)
    with pytest.raises(UnknownCodeError, match="没有核验码为"):
        verify_code(new_code(), HERE)
    answer = client.get(f"/v/{mistyped}")
    assert answer.status_code == 422
    assert f'value="{mistyped}"' in answer.text


def test_whoever_types_the_name_sees_it_whole(published: Published, client: FlaskClient) -> None:
    code = certificates(published)[0].code

    right = client.post(f"/v/{code}", data={"name": " 欧 阳𬱖"})
    wrong = client.post(f"/v/{code}", data={"name": "欧阳修"})

    assert "姓名相符" in right.text
    assert NAME in right.text
    assert "姓名与证书不符" in wrong.text
    assert NAME not in wrong.text


def test_names_are_compared_without_dots_spaces_and_old_code_points() -> None:
    assert is_same_name("阿依古丽 买买提", "阿依古丽·买买提")
    assert is_same_name("王\ue863", "王䶮")
    assert not is_same_name("王龑", "王䶮")


@pytest.mark.parametrize(
    ("name", "shown"), [("王", "王＊"), ("张三", "张＊"), (NAME, "欧＊𬱖"), ("阿依古丽·买买提", "阿＊＊＊＊＊＊提")]
)
def test_strangers_see_part_of_a_name(name: str, shown: str) -> None:
    assert masked_name(name) == shown


def test_a_revoked_certificate_says_so_and_why(published: Published, client: FlaskClient) -> None:
    certificate = certificates(published)[0]
    command = RevokeCertificate(published.competition_id, certificate.id, "成绩被取消", published.organiser)
    revoke_certificate(command)

    shown = client.get(f"/v/{certificate.code}").text

    assert "证书已撤销" in shown
    assert "成绩被取消" in shown
    assert "证书有效" not in shown


def test_a_replaced_certificate_leads_to_the_new_one(published: Published, client: FlaskClient) -> None:
    certificate = certificates(published)[0]
    command = ReplaceCertificate(
        published.competition_id, certificate.id, "单位更名", date(2026, 11, 1), published.organiser
    )
    replace_certificate(command)
    successor = certificates(published)[-1]

    shown = client.get(f"/v/{certificate.code}").text

    assert "已换发" in shown
    assert f"/v/{successor.code}" in shown
    assert successor.number in shown


def test_a_file_leads_to_its_certificate_and_a_changed_byte_does_not(published: Published, client: FlaskClient) -> None:
    certificate = certificates(published)[0]
    pdf = bytearray(file_of(certificate))

    good = client.get(f"/verify/files/{hashlib.sha256(pdf).hexdigest()}", follow_redirects=True)
    pdf[len(pdf) // 2] ^= 1
    bad = client.get(f"/verify/files/{hashlib.sha256(pdf).hexdigest()}", follow_redirects=True)

    assert "您的文件与颁发时一字不差" in good.text
    assert bad.status_code == 404
    assert "没有登记过这个文件" in bad.text


def test_another_files_digest_beside_a_code_is_a_warning(published: Published, client: FlaskClient) -> None:
    first, second, _ = certificates(published)

    assert "可能被改动过" in client.get(f"/v/{first.code}?sha256={second.digest}").text
    assert verify_code(first.code, HERE, digest="not a digest").is_file_right is None


def test_guessing_codes_is_stopped_for_the_address_and_for_no_other(published: Published) -> None:
    code = certificates(published)[0].code
    for _ in range(TRIES_ALLOWED):
        with pytest.raises(UnknownCodeError):
            verify_code(new_code(), HERE)

    with pytest.raises(TooManyTriesError):
        verify_code(code, HERE)
    with pytest.raises(TooManyTriesError):
        code_of_file("0" * 64, HERE)
    assert verify_code(code, "192.0.2.8").certificate.code == code


def test_guessing_names_is_stopped_from_whatever_address(published: Published) -> None:
    code = certificates(published)[0].code
    for number in range(TRIES_ALLOWED):
        assert verify_code(code, f"198.51.100.{number}", name="王五").is_name_right is False

    with pytest.raises(TooManyTriesError):
        verify_code(code, "198.51.100.99", name=NAME)
    assert verify_code(code, "198.51.100.99").shown_name == "欧＊𬱖"


def test_verification_needs_no_sign_in_and_an_empty_page_explains_itself(client: FlaskClient) -> None:
    answer = client.get("/verify")

    assert answer.status_code == 200
    assert "文件不会上传" in answer.text


def test_the_browser_computes_the_same_digest_as_the_register(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        missing("node", "apt-get install nodejs")
    script = tmp_path / "run.mjs"
    script.write_text(
        f'import {{ sha256 }} from "{ROOT}/static/js/sha256.js";\n'
        "for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 91066]) {\n"
        "  const data = Uint8Array.from({ length }, (_, i) => i * 7 + length);\n"
        '  console.log(length, Buffer.from(sha256(data)).toString("hex"));\n'
        "}\n",
        encoding="utf-8",
    )

    done = subprocess.run([str(node), str(script)], capture_output=True, text=True, check=True)

    for line in done.stdout.splitlines():
        length, digest = line.split()
        data = bytes((i * 7 + int(length)) % 256 for i in range(int(length)))
        assert hashlib.sha256(data).hexdigest() == digest
    assert len(done.stdout.splitlines()) == 10
