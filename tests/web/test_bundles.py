"""Many certificates as one archive or one file for the printer."""

import hashlib
import io
import zipfile
from dataclasses import replace

import pypdfium2
import pytest
from awarded import (
    TERMS,
    Published,
    Row,
    certificates,
    issue,
    make_awarded,
    make_certified,
)
from factories import make_competition, make_delegation
from flask import Flask

from certificates.issue.bundles import archive, ids_in_force, print_file
from certificates.issue.issuing import (
    RevokeCertificate,
    revoke_certificate,
)
from certificates.models import Certificate, Layout
from core import jobs
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError


def revoke(published: Published, certificate: Certificate, reason: str = "冒名顶替，经查实") -> None:
    revoke_certificate(RevokeCertificate(published.competition_id, certificate.id, reason, published.organiser))


def test_the_archive_holds_every_certificate_in_force_byte_for_byte(app: Flask) -> None:
    published = make_certified()
    revoke(published, certificates(published)[1])

    data = b"".join(archive(db.session(), ids_in_force(db.session(), published.competition_id)))

    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        digests = {hashlib.sha256(package.read(name)).hexdigest() for name in package.namelist()}
        names = package.namelist()
    made = certificates(published)
    assert digests == {made[0].digest, made[2].digest}
    assert names[0] == f"{made[0].number} {made[0].values['recipient.name']}.pdf"


def test_what_cannot_be_made_again_is_listed_in_the_archive(app: Flask) -> None:
    published = make_certified()
    number = certificates(published)[0].id
    with transaction() as session:
        session.get_one(Certificate, number).digest = "0" * 64

    data = b"".join(archive(db.session(), ids_in_force(db.session(), published.competition_id, published.event_id)))

    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert len(package.namelist()) == 3
        assert "摘要不一致" in package.read("未能生成的证书.txt").decode()


def test_the_print_file_has_a_page_for_each_in_the_order_of_handing_out(app: Flask) -> None:
    competition = make_competition()
    later, sooner = (make_delegation(competition_id=competition.id, position=n, name=f"第{n}队") for n in (9, 1))
    rows = [Row("1", name="甲一", member={"delegation_id": later.id})]
    rows += [Row(rank, name=name, member={"delegation_id": sooner.id}) for rank, name in (("2", "乙二"), ("3", "丙三"))]
    published = make_certified(rows, competition=competition)

    ids = ids_in_force(db.session(), published.competition_id, by_delegation=True)
    data = b"".join(print_file(db.session(), ids, "印刷"))

    document = pypdfium2.PdfDocument(data)
    texts = [page.get_textpage().get_text_range() for page in document]
    assert ["乙二" in texts[0], "丙三" in texts[1], "甲一" in texts[2]] == [True, True, True]
    width, height = document[0].get_size()
    assert width > 297 * 72 / 25.4
    assert height > 210 * 72 / 25.4


def test_two_versions_of_one_layout_are_printed_together(app: Flask) -> None:
    published = make_certified()
    ids = ids_in_force(db.session(), published.competition_id)
    with transaction() as session:
        later = session.get_one(Certificate, ids[1])
        first = later.layout
        again = Layout(name=first.name, document=first.document, digest="0" * 64, materials={}, created_at=now())
        session.add(again)
        session.flush()
        later.layout_id = again.id
    names = [db.session.get_one(Certificate, key).values["recipient.name"] for key in ids]

    document = pypdfium2.PdfDocument(b"".join(print_file(db.session(), ids, "印刷")))

    texts = [page.get_textpage().get_text_range() for page in document]
    assert [name in text for name, text in zip(names, texts, strict=True)] == [True] * len(names)


def test_sheets_of_two_layouts_are_not_printed_together(app: Flask) -> None:
    competition = make_competition()
    first = make_certified(competition=competition)
    issue(make_awarded(competition=competition), replace(TERMS, layout="plain-red"))
    jobs.sweep()

    with pytest.raises(ConflictError, match="2 种版式"):
        print_file(db.session(), ids_in_force(db.session(), competition.id), "印刷")
    with pytest.raises(ConflictError, match="没有可以打印的证书"):
        print_file(db.session(), [], "印刷")
    assert list(print_file(db.session(), ids_in_force(db.session(), competition.id, first.event_id), "印刷"))
