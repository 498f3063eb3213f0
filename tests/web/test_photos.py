"""Pictures from tablets: kept once, without metadata, for the chief judge alone; what is no picture is refused."""

import base64
import io
import random
import struct
import zlib
from uuid import uuid4

import pytest
from at_once import at_once
from factories import make_account, sign_in_account, sign_in_judge
from juries import Jury
from PIL import Image
from scans import jpeg
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

import scoring.photos.adding
from competitions.models import Judge
from core.audit import AuditEntry
from core.db import db, transaction
from core.errors import NotFoundError
from core.permissions import Role
from scoring.live.matrix import matrix_of
from scoring.models import ScoreSheet
from scoring.photos.adding import AddPhoto, TooManyPhotosError, add_photo, damaged_photos, photo_data
from scoring.photos.files import PictureLostError, digest_of, fetch, keep, path_of
from scoring.photos.models import SheetPhoto
from scoring.photos.picture import LONGEST_SIDE, MOST_BYTES, BadPictureError, harmless
from scoring.sheet_files.drawing import draw_signed_sheets
from scoring.sheet_files.reading import sheet_file
from scoring.sheets.checks import ForeignSheetError, KeyReusedError


def png(size=(64, 48), mode="RGBA") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, "PNG")
    return out.getvalue()


def bomb(width=60_000, height=60_000) -> bytes:
    """A few hundred bytes that say they are three thousand million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


@pytest.fixture
def jury(app):
    return Jury()


def add(jury, folder, data=None, seat=1, **over):
    command = AddPhoto(jury.sheet(seat).id, **({"key": uuid4(), "data": data or jpeg()} | over))
    return add_photo(command, jury.device_of(seat), folder)


def test_a_picture_is_kept_under_its_digest_and_found_again(jury, tmp_path):
    done = add(jury, tmp_path, aspect="J1")
    sheet = jury.sheet(1)
    data = photo_data(jury.competition_id, sheet.id, 1, tmp_path)
    assert (done.number, done.digest) == (1, digest_of(data))
    assert path_of(tmp_path, done.digest).read_bytes() == data
    line = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "sheet.photo_added")).one()
    assert line.detail == {"number": 1, "digest": done.digest, "aspect": "J1"}


def test_a_retry_is_the_same_picture_and_writes_nothing(jury, tmp_path):
    key = uuid4()
    first = add(jury, tmp_path, key=key)
    assert add(jury, tmp_path, jpeg(colour="blue"), key=key) == first
    assert len(db.session.scalars(select(SheetPhoto)).all()) == 1
    with pytest.raises(KeyReusedError):
        add(jury, tmp_path, seat=2, key=key)


def test_pictures_sent_at_once_get_numbers_of_their_own(app, tmp_path):
    jury = Jury()
    sheet_id, device = jury.sheet(1).id, jury.device_of(1)
    keys = [uuid4(), uuid4(), uuid4()]
    keys.append(keys[0])

    def send(number: int):
        data = jpeg(colour=(number, 0, 0))
        return add_photo(AddPhoto(sheet_id, keys[number], data), device, tmp_path).number

    numbers = at_once(app, send, range(4))
    assert sorted(set(numbers)) == [1, 2, 3]
    assert numbers[0] == numbers[3]


def test_metadata_is_gone_and_the_picture_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "GPS 38.04N 114.51E"
    found = harmless(jpeg((400, 300), exif=exif))
    kept = Image.open(io.BytesIO(found.data))
    assert (kept.size, dict(kept.getexif())) == ((300, 400), {})
    assert b"38.04N" not in found.data
    assert (found.width, found.height) == (300, 400)


@pytest.mark.parametrize(
    ("sent", "kept"), [((4000, 3000), (1600, 1200)), ((900, 3600), (400, 1600)), ((10, 10), (10, 10))]
)
def test_large_pictures_are_shrunk_and_small_ones_left(sent, kept):
    found = harmless(jpeg(sent))
    assert (found.width, found.height) == kept
    assert max(kept) <= LONGEST_SIDE


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "I;16", "L"])
def test_every_kind_of_picture_becomes_a_plain_one(mode):
    assert Image.open(io.BytesIO(harmless(png(mode=mode)).data)).mode == "RGB"


BROKEN = {
    "nothing": b"",
    "words": "不是照片".encode(),
    "page": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "half": jpeg((800, 600), quality=95)[:2000],
    "bomb": bomb(),
    "many pixels": bomb(5000, 4000),
    "pdf": b"%PDF-1.7\n",
    "gif": b"GIF89a" + b"\0" * 100,
    "large": b"\xff\xd8\xff" + b"\0" * MOST_BYTES,
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_picture_is_refused_in_a_sentence(name):
    with pytest.raises(BadPictureError) as refused:
        harmless(BROKEN[name])
    assert "照片" in str(refused.value)


def test_a_broken_byte_anywhere_is_a_picture_or_a_refusal():
    good = jpeg((120, 90), quality=90)
    chance = random.Random(7)
    for _ in range(200):
        data = bytearray(good)
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            found = harmless(bytes(data))
        except BadPictureError:
            continue
        assert found.width <= LONGEST_SIDE


def test_a_refused_picture_is_recorded_and_marks_are_untouched(jury, tmp_path):
    jury.mark(1, {"J1": "2"})
    with pytest.raises(BadPictureError):
        add(jury, tmp_path, b"broken")
    line = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "sheet.photo_refused")).one()
    assert (line.detail["code"], line.detail["size"]) == ("bad_picture", 6)
    assert db.session.scalars(select(SheetPhoto)).all() == []
    assert jury.newest(1).marks == {"J1": "2"}
    assert list(tmp_path.rglob("*.jpg")) == []


def test_another_judges_sheet_takes_no_picture_and_a_former_judges_does(jury, tmp_path):
    sheet, stranger = jury.sheet(1), jury.device_of(2)
    with pytest.raises(ForeignSheetError):
        add_photo(AddPhoto(sheet.id, uuid4(), jpeg()), stranger, tmp_path)
    with pytest.raises(NotFoundError):
        add_photo(AddPhoto(10**9, uuid4(), jpeg()), stranger, tmp_path)
    jury.mark(1, {"J1": "2"})
    former = jury.device_of(1)
    with transaction() as session:
        session.get_one(ScoreSheet, sheet.id).judge_id = jury.judges[2].id
    assert add_photo(AddPhoto(sheet.id, uuid4(), jpeg()), former, tmp_path).number == 1


def test_pictures_come_after_the_sheet_was_handed_in(jury, tmp_path):
    jury.hand_in("2", "2", "2")
    assert add(jury, tmp_path).number == 1


def test_a_sheet_holds_so_many_and_no_more(jury, tmp_path, monkeypatch):
    monkeypatch.setattr(scoring.photos.adding, "MOST_PHOTOS", 2)
    for _ in range(2):
        add(jury, tmp_path)
    with pytest.raises(TooManyPhotosError):
        add(jury, tmp_path)


def test_the_database_refuses_to_change_what_was_attached(jury, tmp_path):
    add(jury, tmp_path)
    for statement in ("UPDATE sheet_photo SET digest = ''", "DELETE FROM sheet_photo"):
        with pytest.raises(DBAPIError), transaction() as session:
            session.execute(text(statement))


def test_a_changed_or_lost_file_is_no_evidence_and_is_found(jury, tmp_path):
    digest = add(jury, tmp_path).digest
    assert damaged_photos(tmp_path) == []
    path_of(tmp_path, digest).write_bytes(jpeg(colour="green"))
    with pytest.raises(PictureLostError):
        fetch(tmp_path, digest)
    path_of(tmp_path, digest).unlink()
    (sheet, number, why) = damaged_photos(tmp_path)[0]
    assert (sheet, number) == (jury.sheet(1).id, 1)
    assert "备份" in why


def test_the_same_picture_twice_is_one_file(tmp_path):
    assert keep(tmp_path, b"x") == keep(tmp_path, b"x")
    assert [path.name for path in tmp_path.rglob("*.jpg")] == [f"{digest_of(b'x')}.jpg"]


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.CHIEF_JUDGE, 200), (Role.ORGANISER, 403), (Role.SUPERVISOR, 403), (Role.JUDGE, 403), (Role.AUDITOR, 403)],
)
def test_the_chief_judge_alone_sees_pictures(jury, app, role, status):
    client = app.test_client()
    sign_in_judge(client, db.session.get_one(Judge, jury.judges[0].id))
    sheet = jury.sheet(1)
    body = {"key": str(uuid4()), "image": base64.b64encode(jpeg()).decode(), "aspect": "J1"}
    assert client.post(f"/scoring/sheets/{sheet.id}/photos", json=body).status_code == 201
    base = f"/scoring/competitions/{jury.competition_id}/sheets/{sheet.id}"

    stranger = app.test_client()
    assert stranger.get(f"{base}/photos/1.jpg").status_code in (302, 401)
    sign_in_account(stranger, make_account(role=role, competition_id=jury.competition_id))
    answer = stranger.get(f"{base}/photos/1.jpg")
    assert answer.status_code == status
    if status == 200:
        assert answer.mimetype == "image/jpeg"
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "照片 1" in stranger.get(base).get_data(as_text=True)
        assert stranger.get(f"{base}/photos/2.jpg").status_code == 404
        other = Jury()
        crossed = f"/scoring/competitions/{other.competition_id}/sheets/{sheet.id}/photos/1.jpg"
        assert stranger.get(crossed).status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"key": "no", "image": ""}, 422),
        ({"key": str(uuid4()), "image": "%%%"}, 422),
        ({"key": str(uuid4()), "image": base64.b64encode(bomb()).decode()}, 422),
        ({"key": str(uuid4()), "image": "A" * (MOST_BYTES * 4 // 3 + 8)}, 422),
        ({"key": str(uuid4())}, 422),
        ([], 422),
    ],
)
def test_bodies_that_are_no_pictures_get_a_sentence(jury, app, body, status):
    client = app.test_client()
    sign_in_judge(client, db.session.get_one(Judge, jury.judges[0].id))
    answer = client.post(f"/scoring/sheets/{jury.sheet(1).id}/photos", json=body)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.get_json()["detail"]


def test_pictures_are_named_on_the_board_and_on_paper(jury, tmp_path):
    digest = add(jury, tmp_path, aspect="J1").digest
    jury.open_marks()
    matrix = matrix_of(db.session(), jury.sheet(1).module, shown="photo")
    assert [row.entrant_id for row in matrix.rows] == [jury.entrants[0]]
    assert "photo" in matrix.rows[0].cells[1].flags
    paper = sheet_file(jury.competition_id, jury.sheet(1).id, jury.chief)
    assert [(photo.number, photo.aspect, photo.digest) for photo in paper.sheets[0].photos] == [(1, "整体造型", digest)]
    assert draw_signed_sheets(paper).startswith(b"%PDF")


def test_the_command_names_what_is_damaged(jury, app):
    folder = app.config["SETTINGS"].instance / "photos"
    runner = app.test_cli_runner()
    digest = add(jury, folder).digest
    assert runner.invoke(args=["scoring", "photos"]).exit_code == 0
    path_of(folder, digest).unlink()
    done = runner.invoke(args=["scoring", "photos"])
    assert done.exit_code == 1
    assert f"评分表 {jury.sheet(1).id} 照片 1" in done.output
