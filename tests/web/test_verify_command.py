"""The command tells a genuine file from an altered, revoked, forged or foreign one."""

import io
import json
from pathlib import Path

import pikepdf
import pytest
from awarded import certificates, make_certified
from click.testing import Result
from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from certificates.issue.files import file_of, loaded
from certificates.models import Certificate, CertificateState
from certificates.pdf.rendering import render
from certificates.verification.inspecting import RegisterAnswer, inspect_file
from core.db import transaction


@pytest.fixture
def issued(app: Flask) -> Certificate:
    return certificates(make_certified())[0]


def verify(app: Flask, folder: Path, pdf: bytes, *more: str) -> Result:
    path = folder / "file.pdf"
    path.write_bytes(pdf)
    return app.test_cli_runner().invoke(args=["certificates", "verify", str(path), *more])


def test_the_file_that_was_issued_is_genuine(app: Flask, issued: Certificate, tmp_path: Path) -> None:
    result = verify(app, tmp_path, file_of(issued))
    assert result.exit_code == 0, result.output
    assert f"有效，编号 {issued.number}" in result.output
    assert "签名：没有" in result.output
    assert "结论：可信" in result.output


def test_a_revoked_certificate_is_told_with_its_reason(app: Flask, issued: Certificate, tmp_path: Path) -> None:
    pdf = file_of(issued)
    with transaction() as session:
        certificate = session.get_one(Certificate, issued.id)
        certificate.state, certificate.state_reason = CertificateState.REVOKED, "成绩更正"
    result = verify(app, tmp_path, pdf)
    assert result.exit_code == 1
    assert "已撤销" in result.output
    assert "成绩更正" in result.output


def test_a_file_made_with_another_name_is_told_as_altered(app: Flask, issued: Certificate, tmp_path: Path) -> None:
    forged = render(loaded(issued.layout), issued.values | {"recipient.name": "李外人"})
    result = verify(app, tmp_path, forged, "--json")
    assert result.exit_code == 1
    said = json.loads(result.output)
    assert (said["register"], said["number"], said["is_good"]) == ("altered", issued.number, False)


def test_a_file_saved_again_by_another_program_is_told_as_altered(
    app: Flask, issued: Certificate, tmp_path: Path
) -> None:
    saved = io.BytesIO()
    with pikepdf.open(io.BytesIO(file_of(issued))) as pdf:
        pdf.docinfo["/Title"] = "特等奖"
        pdf.save(saved)
    result = verify(app, tmp_path, saved.getvalue())
    assert result.exit_code == 1
    assert "可能被改动过" in result.output


def test_a_code_that_was_never_issued_is_unknown(app: Flask, issued: Certificate, tmp_path: Path) -> None:
    invented = issued.values | {"cert.url_short": "a.cn/v/7QK4-M2XZ-9TRA-A"}
    result = verify(app, tmp_path, render(loaded(issued.layout), invented))
    assert result.exit_code == 1
    assert "没有登记" in result.output


def test_what_is_no_pdf_is_refused_in_one_sentence(app: Flask, tmp_path: Path) -> None:
    for junk in (b"hello", b"%PDF-1.7\n%%EOF", b"\x89PNG\r\n"):
        result = verify(app, tmp_path, junk)
        assert result.exit_code == 1
        assert "不是完好的 PDF" in result.output


def test_without_a_register_it_says_so(app: Flask, issued: Certificate) -> None:
    with Session(create_engine("sqlite://")) as nowhere:
        found = inspect_file(nowhere, file_of(issued))
    assert found.register is RegisterAnswer.UNREACHABLE
    assert not found.is_good
