"""Certificates go along as the files they were issued as, and stay those files wherever the competition is taken."""

import hashlib
import json
import re
import zipfile

import pytest
from archives import another_server, content, forge, over, taken_in, written
from awarded import certificates, make_certified
from factories import make_actor
from signed import ROOTS, make_signed
from sqlalchemy import select

from certificates.archive.handing_out import ExportArchive, export_archive
from certificates.archive.manifest import BadArchiveError
from certificates.archive.zip_file import opened
from certificates.contestants.erasing import ErasePerson, erase_person
from certificates.incoming.doing import CommandLine
from certificates.issue import files, kept_files
from certificates.issue.files import DigestError, digest_of, file_of
from certificates.issue.issuing import RevokeCertificate, revoke_certificate
from certificates.models import Certificate
from certificates.pdf.signature_check import check_signatures
from certificates.pdf.signing import SigningKeyError
from core.audit import verify
from core.db import db, transaction
from core.permissions import Role

AGREES = re.compile(r'"agrees": (\w+)')


def other_verdict(match):
    return '"agrees": ' + ("false" if match[1] == "true" else "true")


@pytest.fixture
def province(tmp_path, sqlite_template):
    with another_server(tmp_path / "province", sqlite_template) as app:
        yield app


@pytest.fixture
def upgraded(monkeypatch):
    """From here on this program draws differently, as after an upgrade."""

    def draw_otherwise():
        drawn = files.render
        monkeypatch.setattr(files, "render", lambda *given: drawn(*given) + b"% drawn differently")
        monkeypatch.setattr(files, "RENDERER", "2")

    return draw_otherwise


def pdfs(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.startswith("certificates/")}


def issued():
    """What would be downloaded here, by code."""
    return {one.code: file_of(one) for one in db.session.scalars(select(Certificate))}


def kept_in(app):
    return sorted(path.stem for path in (app.config["SETTINGS"].instance / "issued").glob("??/*"))


def test_every_certificate_in_force_goes_along_as_it_was_issued(app, tmp_path):
    published = make_certified()
    revoked, *valid = certificates(published)
    revoke_certificate(RevokeCertificate(published.competition_id, revoked.id, "写错了", published.organiser))
    expected = {f"certificates/{one.digest}.pdf": file_of(one) for one in valid}
    over(published.competition_id)

    manifest = written(published.competition_id, tmp_path / "there.zip")
    assert pdfs(tmp_path / "there.zip") == expected
    assert manifest.lost == ()
    assert all(digest_of(data) in path for path, data in expected.items())
    content(tmp_path / "there.zip")


def test_a_signed_certificate_is_the_same_file_there_after_the_program_has_changed(app, tmp_path, province, upgraded):
    published = make_signed()
    here = {one.code: file_of(one) for one in certificates(published)}
    over(published.competition_id)
    written(published.competition_id, tmp_path / "there.zip")
    with province.app_context():
        taken_in(tmp_path / "there.zip")
        assert kept_in(province) == sorted(map(digest_of, here.values()))
        upgraded()
        there = issued()
        assert there == here
        assert all(check_signatures(data, ROOTS)[0].is_intact for data in there.values())
        assert verify() == []


def test_without_its_file_nobody_could_have_it_any_more(sqlite_app, tmp_path, province, upgraded):
    published = make_signed()
    over(published.competition_id)
    written(published.competition_id, tmp_path / "there.zip", with_certificates=False)
    assert pdfs(tmp_path / "there.zip") == {}
    with province.app_context():
        taken_in(tmp_path / "there.zip")
        assert kept_in(province) == []
        assert issued()
        upgraded()
        with pytest.raises(SigningKeyError):
            issued()


def test_the_files_go_on_to_a_third_server(sqlite_app, tmp_path, province, sqlite_template, upgraded):
    published = make_signed()
    here = {one.code: file_of(one) for one in certificates(published)}
    over(published.competition_id)
    written(published.competition_id, tmp_path / "1.zip")
    upgraded()
    with province.app_context():
        second = taken_in(tmp_path / "1.zip").competition_id
        assert written(second, tmp_path / "2.zip").lost == ()
    with another_server(tmp_path / "nation", sqlite_template) as nation, nation.app_context():
        taken_in(tmp_path / "2.zip")
        assert issued() == here


def test_a_file_that_is_drawn_differently_now_is_registered_before_it_goes_along(app, tmp_path, upgraded):
    published = make_certified()
    before = {one.digest for one in certificates(published)}
    over(published.competition_id)
    upgraded()
    with (tmp_path / "there.zip").open("w+b") as file:
        manifest = export_archive(ExportArchive(published.competition_id, CommandLine()), file)

    assert manifest.lost == ()
    now = {one.digest for one in certificates(published)}
    assert {path.removeprefix("certificates/").removesuffix(".pdf") for path in pdfs(tmp_path / "there.zip")} == now
    assert not now & before
    content(tmp_path / "there.zip")
    assert verify() == []


def test_a_file_that_cannot_be_had_any_more_is_named(app, tmp_path):
    published = make_certified()
    with transaction() as session:
        one = session.scalars(select(Certificate).order_by(Certificate.id)).first()
        one.values = one.values | {"recipient.name": "李外人"}
        digest = one.digest
    over(published.competition_id)
    manifest = written(published.competition_id, tmp_path / "there.zip")
    assert manifest.lost == (f"certificates/{digest}.pdf",)
    assert len(pdfs(tmp_path / "there.zip")) == len(certificates(published)) - 1
    content(tmp_path / "there.zip")


def add_file(path, name, data):
    """One more file, and the manifest agrees, as somebody would who knows the format."""
    forge(path, "manifest.json", lambda text: text)
    with zipfile.ZipFile(path) as archive:
        held = {info: archive.read(info) for info in archive.namelist()}
    manifest = json.loads(held["manifest.json"])
    manifest["files"].append({"path": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()})
    held |= {name: data, "manifest.json": json.dumps(manifest).encode()}
    with zipfile.ZipFile(path, "w") as archive:
        for info, one in held.items():
            archive.writestr(info, one)


@pytest.mark.parametrize("name", ["{digest}", "0" * 64])
def test_a_file_that_was_never_issued_is_refused_and_none_is_kept(sqlite_app, tmp_path, province, name):
    published = make_certified()
    over(published.competition_id)
    written(published.competition_id, tmp_path / "there.zip")
    data = b"%PDF a certificate that somebody has made"
    add_file(tmp_path / "there.zip", f"certificates/{name.format(digest=digest_of(data))}.pdf", data)
    with province.app_context():
        with pytest.raises(BadArchiveError, match="与证书登记的摘要不符"):
            taken_in(tmp_path / "there.zip")
        assert kept_in(province) == []


def test_where_the_taking_in_fails_no_file_stays(sqlite_app, tmp_path, province):
    published = make_certified()
    over(published.competition_id)
    written(published.competition_id, tmp_path / "there.zip")
    forge(tmp_path / "there.zip", "manifest.json", lambda text: AGREES.sub(other_verdict, text))
    with province.app_context():
        with pytest.raises(BadArchiveError, match="结论不一致"):
            taken_in(tmp_path / "there.zip")
        assert kept_in(province) == []


def test_an_archive_of_an_earlier_version_is_still_taken_in(sqlite_app, tmp_path, province):
    published = make_certified()
    here = {one.code: file_of(one) for one in certificates(published)}
    over(published.competition_id)
    written(published.competition_id, tmp_path / "there.zip", with_certificates=False)
    forge(tmp_path / "there.zip", "manifest.json", lambda text: text.replace('"version": 2', '"version": 1'))
    with opened(tmp_path / "there.zip") as archive:
        assert b'"version": 1' in archive.manifest_bytes
    with province.app_context():
        taken_in(tmp_path / "there.zip")
        assert issued() == here


def test_what_is_here_already_is_not_kept_twice(sqlite_app, tmp_path):
    published = make_certified()
    over(published.competition_id)
    written(published.competition_id, tmp_path / "there.zip")
    assert taken_in(tmp_path / "there.zip").certificates_here == len(pdfs(tmp_path / "there.zip"))
    assert kept_in(sqlite_app) == []


def test_who_is_erased_has_no_file_left(sqlite_app, tmp_path, province):
    published = make_certified()
    over(published.competition_id)
    written(published.competition_id, tmp_path / "there.zip")
    with province.app_context():
        here = taken_in(tmp_path / "there.zip").competition_id
        first, *others = db.session.scalars(select(Certificate).order_by(Certificate.id)).all()
        contestant, left = first.contestant_id, sorted(one.digest for one in others)
        erase_person(ErasePerson(here, contestant, "本人申请", make_actor(Role.ORGANISER, here)))
        assert kept_in(province) == left


def test_a_kept_file_that_was_changed_on_the_disk_is_made_again(sqlite_app, tmp_path, province):
    published = make_certified()
    over(published.competition_id)
    written(published.competition_id, tmp_path / "there.zip")
    with province.app_context():
        taken_in(tmp_path / "there.zip")
        before = issued()
        for digest in kept_in(province):
            kept_files.path_of(digest).write_bytes(b"%PDF something else")
            assert kept_files.kept(digest) is None
        assert issued() == before
        with transaction() as session:
            one = session.scalars(select(Certificate)).first()
            one.values = one.values | {"recipient.name": "李外人"}
        with pytest.raises(DigestError):
            issued()


def test_the_command_leaves_them_out_when_told_to(app, tmp_path):
    published = make_certified()
    over(published.competition_id)
    for words, count in (((), len(certificates(published))), (("--without-certificates",), 0)):
        target = tmp_path / f"{count}.zip"
        told = ["certificates", "archive", "export", str(published.competition_id), str(target), *words]
        done = app.test_cli_runner().invoke(args=told)
        assert done.exit_code == 0, done.output
        assert len(pdfs(target)) == count
        checked = app.test_cli_runner().invoke(args=["certificates", "archive", "verify", str(target), "--json"])
        record = json.loads(checked.stdout)
        assert (checked.exit_code, record["competition"], record["lost"]) == (0, published.competition_id, [])
