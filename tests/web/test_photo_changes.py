"""A judge hangs a picture on another aspect or takes it back before handing in; nothing is deleted or done twice."""

from uuid import UUID, uuid4

import pytest
from at_once import at_once
from factories import make_account, sign_in_account, sign_in_judge
from juries import Jury
from scans import jpeg
from sqlalchemy import select

import scoring.photos.adding
import scoring.photos.changing
from competitions.models import Judge
from core.audit import AuditEntry, verify
from core.db import db, transaction
from core.errors import InvalidInputError, NotAllowedError, NotFoundError
from core.permissions import Role
from scoring.live.matrix import matrix_of
from scoring.models import ScoreSheet
from scoring.photos.adding import AddPhoto, TooManyPhotosError, add_photo, damaged_photos, photo_counts, photos_of
from scoring.photos.changing import ChangePhoto, ForeignPhotoError, TakenBackError, TooManyChangesError, change_photo
from scoring.photos.models import SheetPhoto
from scoring.sheet_files.drawing import draw_signed_sheets
from scoring.sheet_files.reading import sheet_file
from scoring.sheets.checks import AspectClosedError, ForeignSheetError, HandedOverError, SheetClosedError


@pytest.fixture
def jury(app):
    return Jury()


@pytest.fixture
def key(jury, tmp_path) -> UUID:
    """Of a picture that hangs on J1 of the first judge's sheet."""
    return add(jury, tmp_path)


def add(jury, folder, colour="red", aspect="J1") -> UUID:
    key = uuid4()
    add_photo(AddPhoto(jury.sheet(1).id, key, jpeg(colour=colour), aspect), jury.device_of(1), folder)
    return key


def change(jury, key, aspect, seat=1):
    change_photo(ChangePhoto(jury.sheet(1).id, key, aspect), jury.device_of(seat))


def counts(jury) -> dict[str, int]:
    db.session.rollback()
    sheet = jury.sheet(1).id
    return photo_counts(db.session(), [sheet]).get(sheet, {})


def rows() -> list[tuple[int, str]]:
    db.session.rollback()
    return [(row.number, row.aspect) for row in db.session.scalars(select(SheetPhoto).order_by(SheetPhoto.id))]


def test_a_picture_goes_to_another_aspect_under_a_new_number_with_the_same_file(jury, key, tmp_path):
    change(jury, key, "J2")
    assert counts(jury) == {"J2": 1}
    assert rows() == [(1, "J1"), (-1, "J1"), (2, "J2")]
    first, second = photos_of(db.session(), {jury.sheet(1).id})[jury.sheet(1).id]
    assert (first.row.digest, first.moved_to) == (second.row.digest, 2)
    assert first.taken_back_at is not None
    assert (second.taken_back_at, second.moved_to) == (None, None)
    line = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "sheet.photo_moved")).one()
    assert line.detail == {"number": 1, "now": 2, "before": "J1", "aspect": "J2", "digest": first.row.digest}
    assert verify() == []


def test_the_first_key_names_the_picture_wherever_it_hangs(jury, key):
    for aspect in ("J2", "J1", "J2"):
        change(jury, key, aspect)
        assert counts(jury) == {aspect: 1}
    change(jury, key, None)
    assert counts(jury) == {}
    assert [number for number, _ in rows()] == [1, -1, 2, -2, 3, -3, 4, -4]


def test_a_retry_writes_nothing(jury, key):
    change(jury, key, "J1")
    assert rows() == [(1, "J1")]
    for aspect in ("J2", None):
        change(jury, key, aspect)
        before = rows()
        change(jury, key, aspect)
        assert rows() == before


def test_what_was_taken_back_stays_and_says_so(jury, key, tmp_path, app):
    change(jury, key, None)
    assert damaged_photos(tmp_path) == []
    line = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "sheet.photo_taken_back")).one()
    assert (line.detail["number"], line.detail["before"]) == (1, "J1")
    with pytest.raises(TakenBackError):
        change(jury, key, "J2")
    jury.open_marks()
    assert matrix_of(db.session(), jury.sheet(1).module, shown="photo").rows == []
    paper = sheet_file(jury.competition_id, jury.sheet(1).id, jury.chief)
    assert [(photo.number, photo.is_taken_back) for photo in paper.sheets[0].photos] == [(1, True)]
    assert draw_signed_sheets(paper).startswith(b"%PDF")
    chief = sign_in_account(app.test_client(), make_account(role=Role.CHIEF_JUDGE, competition_id=jury.competition_id))
    page = chief.get(f"/scoring/competitions/{jury.competition_id}/sheets/{jury.sheet(1).id}").get_data(as_text=True)
    assert "photo--back" in page
    assert "撤回" in page


def test_one_of_two_equal_pictures_leaves_the_other(jury, key, tmp_path):
    second = add(jury, tmp_path)
    change(jury, second, None)
    assert counts(jury) == {"J1": 1}
    jury.open_marks()
    assert len(matrix_of(db.session(), jury.sheet(1).module, shown="photo").rows) == 1
    change(jury, key, "J2")
    assert counts(jury) == {"J2": 1}


def test_a_place_that_a_picture_left_is_free_again(jury, key, tmp_path, monkeypatch):
    monkeypatch.setattr(scoring.photos.adding, "MOST_PHOTOS", 1)
    with pytest.raises(TooManyPhotosError):
        add(jury, tmp_path)
    change(jury, key, None)
    add(jury, tmp_path)
    assert counts(jury) == {"J1": 1}


def test_pictures_are_not_moved_without_end(jury, key, monkeypatch):
    monkeypatch.setattr(scoring.photos.changing, "MOST_CHANGES", 2)
    change(jury, key, "J2")
    with pytest.raises(TooManyChangesError):
        change(jury, key, "J1")
    change(jury, key, None)
    assert counts(jury) == {}


def test_a_sheet_that_is_handed_in_keeps_its_pictures(jury, key):
    jury.hand_in("2", "2", "2")
    for aspect in ("J2", None):
        with pytest.raises(SheetClosedError):
            change(jury, key, aspect)
    change(jury, key, "J1")  # is so already: a retry of long ago is no mistake
    assert rows() == [(1, "J1")]


def test_a_sheet_open_for_one_aspect_keeps_the_pictures_of_the_others(jury, key):
    sheet_id = jury.sheet(1).id
    with transaction() as session:
        session.get_one(ScoreSheet, sheet_id).reopened_for = ["J2"]
    for aspect in ("J2", None):
        with pytest.raises(AspectClosedError):
            change(jury, key, aspect)
    with transaction() as session:
        session.get_one(ScoreSheet, sheet_id).reopened_for = ["J1"]
    change(jury, key, None)
    assert counts(jury) == {}


def test_only_who_took_it_and_holds_the_sheet_may_change_it(jury, key):
    with pytest.raises(ForeignSheetError):
        change(jury, key, None, seat=2)
    with pytest.raises(NotAllowedError):
        change_photo(ChangePhoto(jury.sheet(1).id, key, None), jury.chief)
    sheet_id = jury.sheet(1).id
    former, successor = jury.device_of(1), jury.device_of(2)
    with transaction() as session:
        session.get_one(ScoreSheet, sheet_id).judge_id = jury.judges[1].id
    with pytest.raises(ForeignPhotoError):
        change_photo(ChangePhoto(sheet_id, key, None), successor)
    with pytest.raises(HandedOverError):
        change_photo(ChangePhoto(sheet_id, key, None), former)
    assert rows() == [(1, "J1")]


def test_no_such_picture_no_such_sheet_no_such_aspect(jury, key):
    with pytest.raises(NotFoundError):
        change(jury, uuid4(), None)
    with pytest.raises(NotFoundError):
        change_photo(ChangePhoto(10**9, key, None), jury.device_of(1))
    with pytest.raises(InvalidInputError):
        change(jury, key, "Z9")


def test_two_devices_at_once_take_a_picture_back_once(app, tmp_path):
    jury = Jury()
    key, sheet, device = add(jury, tmp_path), jury.sheet(1).id, jury.device_of(1)
    db.session.remove()
    at_once(app, lambda _: change_photo(ChangePhoto(sheet, key, None), device), range(4))
    assert rows() == [(1, "J1"), (-1, "J1")]


@pytest.mark.parametrize(
    ("over", "status"),
    [({}, 201), ({"aspect": None}, 201), ({"aspect": 5}, 422), ({"key": "no"}, 422), ({"aspect": "Z9"}, 422)],
)
def test_over_the_network(jury, app, over, status):
    client = app.test_client()
    sign_in_judge(client, db.session.get_one(Judge, jury.judges[0].id))
    key = add(jury, app.config["SETTINGS"].instance / "photos")
    path = f"/scoring/sheets/{jury.sheet(1).id}/photo-changes"
    assert app.test_client().post(path, json={"key": str(key), "aspect": None}).status_code == 401
    answer = client.post(path, json={"key": str(key), "aspect": "J2"} | over)
    assert answer.status_code == status
    if status == 201:
        assert answer.get_json()["aspect"] == over.get("aspect", "J2" if "aspect" not in over else None)
