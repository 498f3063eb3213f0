"""Pictures that a tablet could not send come with its file: looked at as an upload is, stored once, the judge's own."""

import base64
import hashlib
import io
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from factories import make_account, make_actor, make_judge, make_sheet, sign_in_account
from flask import Flask
from parcels import make_device, make_parcel, save
from PIL import Image
from scans import jpeg
from sqlalchemy import select

import scoring.photos.adding
from core.audit import AuditEntry, verify
from core.auth import Actor, SignIn, SubjectKind
from core.db import db
from core.permissions import Role
from scoring.handing_over.parcel import MOST_BYTES, MOST_FILE_BYTES, ParcelDamagedError, ParcelTooLargeError
from scoring.handing_over.taking import Taken, TakeOver, take_over
from scoring.models import ScoreSheet, SheetRevision
from scoring.photos.adding import AddPhoto, add_photo
from scoring.photos.files import fetch, photo_folder
from scoring.photos.models import SheetPhoto
from scoring.tablet.payloads import MalformedError


def photo_row(sheet: ScoreSheet, data: bytes, **over: Any) -> dict[str, Any]:
    row = {"kind": "photo", "key": str(uuid4()), "sheet_id": sheet.id, "aspect": "A1"}
    row |= {"device_taken_at": "2026-10-18T01:20:00.000Z", "sha256": hashlib.sha256(data).hexdigest()}
    return row | over


def with_photos(parcel: bytes, photos: dict[str, Any]) -> bytes:
    return json.dumps(json.loads(parcel) | {"photos": photos}).encode()


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


class Scene:
    """A judge's tablet with one sheet, and a chief judge."""

    def __init__(self) -> None:
        self.judge = make_judge(name="钱裁判")
        self.sheet = make_sheet(judge=self.judge)
        self.competition_id = self.judge.competition_id
        self.device: SignIn = make_device(self.judge)
        self.chief = make_actor(Role.CHIEF_JUDGE, self.competition_id, name="周裁判长", subject_id=5)

    def take(self, rows: list[Any], photos: dict[str, Any]) -> Taken:
        data = with_photos(make_parcel(self.device, rows), photos)
        return take_over(TakeOver(self.competition_id, data, self.chief))

    @property
    def own(self) -> Actor:
        """The judge at the tablet, who has found the network."""
        return Actor(SubjectKind.JUDGE, self.judge.id, "钱裁判", self.device.id, {}, self.competition_id)


@pytest.fixture
def scene(app: Flask) -> Scene:
    return Scene()


def stored() -> list[SheetPhoto]:
    db.session.rollback()
    return list(db.session.scalars(select(SheetPhoto).order_by(SheetPhoto.number)))


def test_pictures_come_with_the_marks_and_are_the_judges_own(scene: Scene) -> None:
    red, blue = jpeg(), jpeg(colour="blue")
    rows = [photo_row(scene.sheet, red), photo_row(scene.sheet, blue, aspect="A2")]
    photos = {rows[0]["key"]: text(red), rows[1]["key"]: text(blue)}
    taken = scene.take([save(scene.sheet.id, {"A1": "18"}), *rows], photos)

    assert (taken.stored, taken.known, taken.refused) == (3, 0, 0)
    (tally,) = taken.photos
    assert (tally.stored, tally.number) == (2, scene.sheet.entrant.draw_number)
    first, second = stored()
    assert [(one.number, one.aspect, one.received_by, one.sign_in_id) for one in (first, second)] == [
        (1, "A1", f"judge:{scene.judge.id}", scene.device.id),
        (2, "A2", f"judge:{scene.judge.id}", scene.device.id),
    ]
    assert Image.open(io.BytesIO(fetch(photo_folder(), second.digest))).getpixel((5, 5))[2] > 200  # type: ignore[index]
    lines = list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "sheet.photo_added")))
    assert {(line.actor, line.detail["for"]) for line in lines} == {("account:5", f"judge:{scene.judge.id}")}
    assert verify() == []


def test_a_file_of_pictures_alone_is_read(scene: Scene) -> None:
    row = photo_row(scene.sheet, jpeg())
    taken = scene.take([row], {row["key"]: text(jpeg())})
    assert (taken.stored, list(taken.sheets)) == (1, [])


def test_the_same_file_twice_and_the_network_afterwards_store_once(scene: Scene) -> None:
    row = photo_row(scene.sheet, jpeg())
    photos = {row["key"]: text(jpeg())}
    scene.take([row], photos)
    again = scene.take([row], photos)
    assert (again.stored, again.known) == (0, 1)
    done = add_photo(AddPhoto(scene.sheet.id, UUID(row["key"]), jpeg(), "A1"), scene.own, photo_folder())
    assert done.number == 1
    assert len(stored()) == 1


def test_what_the_network_brought_before_is_known(scene: Scene) -> None:
    row = photo_row(scene.sheet, jpeg())
    add_photo(AddPhoto(scene.sheet.id, UUID(row["key"]), jpeg(), "A1"), scene.own, photo_folder())
    assert scene.take([row], {row["key"]: text(jpeg())}).known == 1


@pytest.mark.parametrize("image", [None, "%%%", 7, text(jpeg(colour="blue")), text(b"")])
def test_bytes_that_the_seal_does_not_name_are_refused_and_the_rest_is_stored(scene: Scene, image: Any) -> None:
    bad, good = photo_row(scene.sheet, jpeg()), photo_row(scene.sheet, jpeg())
    photos = {good["key"]: text(jpeg())} | ({} if image is None else {bad["key"]: image})
    taken = scene.take([save(scene.sheet.id, {"A1": "18"}), bad, good], photos)

    assert [error.code for error in taken.photos[0].refused] == ["bad_picture"]
    assert (taken.stored, taken.refused) == (2, 1)
    assert [str(one.key) for one in stored()] == [good["key"]]


def test_what_is_no_picture_is_refused_as_an_upload_is(scene: Scene) -> None:
    row = photo_row(scene.sheet, b"no picture")
    taken = scene.take([row], {row["key"]: text(b"no picture")})
    assert [error.code for error in taken.photos[0].refused] == ["bad_picture"]
    line = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "sheet.photo_refused")).one()
    assert line.detail["key"] == row["key"]


def test_another_judges_sheet_and_one_too_many_are_refused(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring.photos.adding, "MOST_PHOTOS", 1)
    foreign = make_sheet(judge=make_judge(competition_id=scene.competition_id, name="李外人"))
    rows = [photo_row(foreign, jpeg()), *(photo_row(scene.sheet, jpeg()) for _ in range(2))]
    taken = scene.take(rows, {row["key"]: text(jpeg()) for row in rows})
    codes = [[error.code for error in tally.refused] for tally in taken.photos]
    assert codes == [["foreign_sheet"], ["too_many_photos"]]
    assert [one.sheet_id for one in stored()] == [scene.sheet.id]


def test_a_row_that_no_tablet_makes_stops_the_whole_parcel(scene: Scene) -> None:
    row = photo_row(scene.sheet, jpeg(), sha256="short")
    with pytest.raises(MalformedError):
        scene.take([save(scene.sheet.id, {"A1": "18"}), row], {})
    assert list(db.session.scalars(select(SheetRevision))) == []


def test_photos_that_are_no_mapping_are_no_parcel(scene: Scene) -> None:
    data = json.dumps(json.loads(make_parcel(scene.device, [])) | {"photos": 5}).encode()
    with pytest.raises(ParcelDamagedError):
        take_over(TakeOver(scene.competition_id, data, scene.chief))


def test_a_file_may_hold_pictures_but_not_as_many_rows_or_more_than_a_tablet_has(scene: Scene) -> None:
    data = with_photos(make_parcel(scene.device, []), {str(uuid4()): "A" * (MOST_BYTES + 1)})
    assert take_over(TakeOver(scene.competition_id, data, scene.chief)).stored == 0
    for parcel in (b"{" + b" " * MOST_FILE_BYTES, make_parcel(scene.device, ["x" * (MOST_BYTES + 1)])):
        with pytest.raises(ParcelTooLargeError):
            take_over(TakeOver(scene.competition_id, parcel, scene.chief))


def test_the_page_says_what_became_of_the_pictures(scene: Scene, app: Flask) -> None:
    account = make_account(role=Role.CHIEF_JUDGE, competition_id=scene.competition_id)
    client = sign_in_account(app.test_client(), account)
    good, bad = photo_row(scene.sheet, jpeg()), photo_row(scene.sheet, jpeg())
    data = with_photos(make_parcel(scene.device, [good, bad]), {good["key"]: text(jpeg())})
    path = f"/scoring/competitions/{scene.competition_id}/hand-over"
    answer = client.post(path, data={"files": (io.BytesIO(data), "交接.json")}, content_type="multipart/form-data")
    page = answer.get_data(as_text=True)
    assert "data-photos" in page
    assert 'data-stored="1" data-known="0" data-refused="1"' in page
    assert "请重新存成文件" in page
