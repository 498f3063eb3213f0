"""Sheets made anew while a tablet was away: its marks never reach whoever else has the number of that sheet now."""

import io
from pathlib import Path
from uuid import uuid4

import pytest
from coded_works import CodedJury
from flask import Flask
from juries import Jury, lines
from PIL import Image
from sqlalchemy import select

from competitions.work_codes.coding import GiveUpCodes, give_up_codes
from core.audit import verify
from core.db import db
from core.errors import NotFoundError
from scoring.models import RefusedSave
from scoring.photos.adding import AddPhoto, add_photo
from scoring.sheets.checks import SheetReplacedError
from scoring.sheets.reading import place_of
from scoring.sheets.saving import SaveMarks, SyncSaves, save_marks, sync_saves


@pytest.fixture
def jury(app: Flask) -> Jury:
    return Jury()


def test_marks_of_a_work_whose_codes_were_given_up_do_not_reach_the_work_that_has_the_number_now(
    sqlite_app: Flask,
) -> None:
    jury = CodedJury(1)
    jury.code()
    sheet, device = jury.sheet(1), jury.device_of(1)
    number, place, code = sheet.id, place_of(sheet), str(jury.works()[0].work_code)
    give_up_codes(GiveUpCodes(jury.competition_id, jury.event_id, "漏了一件", jury.organiser))
    jury.code()
    again = jury.sheet(1)
    assert again.id == number  # this database gives numbers out again
    assert (again.judge_id, place_of(again)) == (device.subject_id, place)
    assert str(jury.works()[0].work_code) != code

    late = SaveMarks(number, uuid4(), {"J1": "3"}, 0, called=code, place=place)
    with pytest.raises(SheetReplacedError, match=code):
        save_marks(late, device)
    assert jury.sheet(1).revision == 0
    (kept,) = db.session.scalars(select(RefusedSave)).all()
    assert (kept.code, kept.marks) == ("sheet_replaced", {"J1": "3"})
    assert verify() == []


@pytest.mark.parametrize(
    ("called", "place"),
    [("2", None), ("", None), (None, "1.1.2"), (None, "1.999.1"), (None, ""), ("2", "1.1.2"), ("１", None)],
)
def test_another_number_module_or_seat_is_another_sheet(jury: Jury, called: str | None, place: str | None) -> None:
    if place == "1.1.2":
        place = place_of(jury.sheet(2))
    with pytest.raises(SheetReplacedError):
        save_marks(SaveMarks(jury.sheet(1).id, uuid4(), {"J1": "1"}, 0, called=called, place=place), jury.device_of(1))
    assert jury.sheet(1).revision == 0


def test_the_same_sheet_and_a_device_that_does_not_say_are_taken(jury: Jury) -> None:
    sheet = jury.sheet(1)
    said = {"called": "1", "place": place_of(sheet)}
    assert save_marks(SaveMarks(sheet.id, uuid4(), {"J1": "1"}, 0, **said), jury.device_of(1)) == 1
    assert save_marks(SaveMarks(sheet.id, uuid4(), {"J1": "2"}, 1), jury.device_of(1)) == 2


def test_a_sheet_that_is_no_more_is_refused_and_recorded_once(jury: Jury) -> None:
    device, save = jury.device_of(1), SaveMarks(10**6, uuid4(), {"J1": "1"}, 0)
    with pytest.raises(NotFoundError):
        save_marks(save, device)
    (refused,) = sync_saves(SyncSaves([save]), device)
    assert refused.error.code == "not_found"  # type: ignore[union-attr]
    assert {line.detail["code"] for line in lines("sheet.save_refused")} == {"not_found"}


def test_a_picture_does_not_reach_whoever_has_the_number_now_either(jury: Jury, tmp_path: Path) -> None:
    sheet, data = jury.sheet(1), picture()
    said = {"called": "1", "place": place_of(sheet)}
    for over in ({"called": "2"}, {"place": place_of(jury.sheet(2))}):
        with pytest.raises(SheetReplacedError):
            add_photo(AddPhoto(sheet.id, uuid4(), data, **(said | over)), jury.device_of(1), tmp_path)
    assert add_photo(AddPhoto(sheet.id, uuid4(), data, **said), jury.device_of(1), tmp_path).number == 1


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "steelblue").save(out, "JPEG")
    return out.getvalue()
