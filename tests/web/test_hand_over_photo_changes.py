"""Where pictures belong comes with a tablet's file: before its sheet is handed in, once, never over a later word."""

import base64
import hashlib
import io
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from factories import WELDING_MARKS, make_account, make_actor, make_judge, make_sheet, sign_in_account
from flask import Flask
from parcels import make_device, make_parcel, save
from scans import jpeg
from sqlalchemy import select

from core.audit import AuditEntry, verify
from core.auth import Actor, SignIn, SubjectKind
from core.db import db
from core.permissions import Role
from scoring.handing_over.taking import Taken, TakeOver, take_over
from scoring.models import ScoreSheet
from scoring.photos.adding import AddPhoto, add_photo, photos_of
from scoring.photos.changing import ChangePhoto, change_photo
from scoring.photos.files import photo_folder
from scoring.states import SheetState
from scoring.tablet.payloads import MalformedError

FIRST, SECOND, THIRD = (f"2026-10-18T01:2{minute}:00.000Z" for minute in range(3))


class Scene:
    """A judge's tablet with one sheet and a picture of A1 that the server has, and a chief judge."""

    def __init__(self) -> None:
        self.judge = make_judge(name="钱裁判")
        self.sheet = make_sheet(judge=self.judge)
        self.device: SignIn = make_device(self.judge)
        self.chief = make_actor(Role.CHIEF_JUDGE, self.judge.competition_id, name="周裁判长", subject_id=5)
        judge_id, competition_id = self.judge.id, self.judge.competition_id
        self.own = Actor(SubjectKind.JUDGE, judge_id, "钱裁判", self.device.id, {}, competition_id)
        self.key = uuid4()
        add_photo(AddPhoto(self.sheet.id, self.key, jpeg(), "A1"), self.own, photo_folder())

    def parcel(self, *rows: dict[str, Any], photos: dict[str, str] | None = None) -> bytes:
        data = make_parcel(self.device, list(rows))
        return json.dumps(json.loads(data) | {"photos": photos}).encode() if photos else data

    def take(self, *rows: dict[str, Any], photos: dict[str, str] | None = None) -> Taken:
        data = self.parcel(*rows, photos=photos)
        return take_over(TakeOver(self.judge.competition_id, data, self.chief))

    def change(self, aspect: str | None, at: str = FIRST, key: UUID | None = None, **over: Any) -> dict[str, Any]:
        row = {"kind": "photo_change", "key": str(key or self.key), "sheet_id": self.sheet.id, "aspect": aspect}
        return row | {"device_changed_at": at} | over

    def new(self, aspect: str, key: UUID, **over: Any) -> dict[str, Any]:
        digest = hashlib.sha256(jpeg()).hexdigest()
        row = {"kind": "photo", "key": str(key), "sheet_id": self.sheet.id, "aspect": aspect, "sha256": digest}
        return row | {"device_taken_at": FIRST} | over

    def submission(self, before: dict[str, Any]) -> dict[str, Any]:
        return {"kind": "submit", "key": str(uuid4()), "sheet_id": self.sheet.id, "base_key": before["key"]}

    @property
    def hanging(self) -> list[str]:
        """The aspects at which pictures hang, by number."""
        db.session.rollback()
        found = photos_of(db.session(), [self.sheet.id])[self.sheet.id]
        return [one.row.aspect for one in found if one.taken_back_at is None]


@pytest.fixture
def scene(app: Flask) -> Scene:
    return Scene()


def test_a_picture_is_moved_before_the_same_parcel_hands_its_sheet_in(scene: Scene) -> None:
    marks = save(scene.sheet.id, WELDING_MARKS)
    taken = scene.take(marks, scene.submission(marks), scene.change("A2"))

    assert (taken.refused, scene.hanging) == (0, ["A2"])
    assert db.session.get_one(ScoreSheet, scene.sheet.id).state is SheetState.SUBMITTED
    (tally,) = taken.photos
    assert (tally.stored, tally.changed, tally.number) == (1, 1, scene.sheet.entrant.draw_number)
    line = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "sheet.photo_moved")).one()
    assert (line.actor, line.detail["for"]) == ("account:5", f"judge:{scene.judge.id}")
    assert verify() == []


def test_a_picture_is_taken_back(scene: Scene) -> None:
    assert scene.take(scene.change(None)).stored == 1
    assert scene.hanging == []


def test_the_same_file_twice_and_the_network_afterwards_move_it_once(scene: Scene) -> None:
    scene.take(scene.change("A2"))
    again = scene.take(scene.change("A2"))
    assert (again.stored, again.known, again.refused) == (0, 1, 0)
    assert change_photo(ChangePhoto(scene.sheet.id, scene.key, "A2"), scene.own) is False
    assert len(list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "sheet.photo_moved")))) == 1


@pytest.mark.parametrize("later", ["A1", "A3", None])
def test_an_old_file_that_is_read_again_moves_nothing_back(scene: Scene, later: str | None) -> None:
    scene.take(scene.change("A2", FIRST))
    scene.take(scene.change(later, SECOND))
    again = scene.take(scene.change("A2", FIRST))
    assert (again.stored, again.known, again.refused) == (0, 1, 0)
    assert scene.hanging == ([later] if later else [])
    assert scene.take(scene.change("B1", THIRD)).stored == (later is not None)


def test_the_device_itself_is_believed_whatever_its_clock_says(scene: Scene) -> None:
    scene.take(scene.change("A2", SECOND))
    change_photo(ChangePhoto(scene.sheet.id, scene.key, "A3"), scene.own)
    assert scene.hanging == ["A3"]


def test_a_picture_of_an_earlier_file_is_hung_where_a_later_file_has_it(scene: Scene) -> None:
    key = uuid4()
    photos = {str(key): base64.b64encode(jpeg()).decode()}
    scene.take(scene.new("A1", key), photos=photos)
    taken = scene.take(scene.new("B1", key, device_changed_at=SECOND), photos=photos)
    assert (taken.stored, taken.known, taken.refused) == (1, 1, 0)
    assert scene.hanging == ["A1", "B1"]
    scene.take(scene.new("A1", key), photos=photos)
    assert scene.hanging == ["A1", "B1"]


def test_a_new_picture_that_was_moved_before_it_ever_left_is_stored_where_it_is(scene: Scene) -> None:
    key = uuid4()
    photos = {str(key): base64.b64encode(jpeg()).decode()}
    taken = scene.take(scene.new("B1", key, device_changed_at=SECOND), photos=photos)
    assert (taken.stored, taken.photos[0].changed) == (1, 0)
    assert scene.hanging == ["A1", "B1"]


def test_of_a_picture_that_never_came_nothing_has_to_be_taken_back(scene: Scene) -> None:
    taken = scene.take(scene.change(None, key=uuid4()), scene.change("A2", key=uuid4()))
    assert (taken.stored, [error.code for error in taken.photos[0].refused]) == (0, ["not_found"])


def test_a_sheet_that_is_handed_in_admits_no_change_and_the_others_are_taken(scene: Scene) -> None:
    marks = save(scene.sheet.id, WELDING_MARKS)
    scene.take(marks, scene.submission(marks))
    key, other = uuid4(), make_sheet(judge=db.session.merge(scene.judge))
    add_photo(AddPhoto(other.id, key, jpeg(), "A1"), scene.own, photo_folder())
    taken = scene.take(scene.change("A2"), scene.change("A2", key=key, sheet_id=other.id))
    assert [(tally.stored, len(tally.refused)) for tally in taken.photos] == [(0, 1), (1, 0)]
    assert scene.hanging == ["A1"]


@pytest.mark.parametrize("over", [{"aspect": 5}, {"sheet_id": "x"}, {"why": "?"}, {"device_changed_at": "noon"}])
def test_a_change_that_no_tablet_makes_stops_the_whole_parcel(scene: Scene, over: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        scene.take(scene.change("A2") | over)
    assert scene.hanging == ["A1"]


def test_the_page_counts_what_was_moved_apart_from_what_came(scene: Scene, app: Flask) -> None:
    account = make_account(role=Role.CHIEF_JUDGE, competition_id=scene.judge.competition_id)
    client = sign_in_account(app.test_client(), account)
    path = f"/scoring/competitions/{scene.judge.competition_id}/hand-over"
    files = {"files": (io.BytesIO(scene.parcel(scene.change("A2"))), "交接.json")}
    page = client.post(path, data=files, content_type="multipart/form-data").get_data(as_text=True)
    assert 'data-stored="1" data-known="0" data-refused="0"' in page
    assert '<td class="num">0</td><td class="num">1</td><td class="num">0</td>' in page
