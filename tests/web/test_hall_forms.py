"""Paper forms of a whole module: one for each contestant and judge, each saying whose it is and where it is entered."""

import re

import pypdfium2
import pytest
import zxingcpp
from coded_works import CodedJury
from factories import make_account, make_competition, sign_in_account
from flask import Flask
from juries import Jury
from pdf_text import text_of

from competitions.models import Entrant, EntrantStatus, Module
from core.db import db, transaction
from core.errors import ConflictError, NotFoundError
from core.permissions import Role
from scoring.jury.contestant_signing import SetContestantSigning, set_contestant_signing
from scoring.jury.models import ContestantSigns
from scoring.paper_entry.form_numbers import form_number
from scoring.sheet_files.blank_forms_pdf import draw_sheets
from scoring.sheet_files.hall_forms import FORMS_A_PART, form_parts, hall_forms


def forms_of(jury: Jury, order: str = "number", part: int = 1) -> list[tuple[str, str, str]]:
    module = db.session.get_one(Module, jury.module_id)
    found = hall_forms(db.session(), module, str, order, part)  # type: ignore[arg-type]
    return [(one.owner.number, one.owner.chair, one.owner.address) for one in found if one.owner]


@pytest.mark.usefixtures("app")
def test_there_is_one_form_for_each_contestant_and_seat_in_draw_order() -> None:
    jury = Jury()
    assert [(number, chair) for number, chair, _ in forms_of(jury)] == [
        (f"抽签号 {n}", f"第 {seat} 席") for n in (1, 2) for seat in (1, 2, 3)
    ]
    assert [(number, chair) for number, chair, _ in forms_of(jury, "judge")] == [
        (f"抽签号 {n}", f"第 {seat} 席") for seat in (1, 2, 3) for n in (1, 2)
    ]
    assert [int(key) for *_, key in forms_of(jury)] == [jury.sheet(s, e).id for e in (0, 1) for s in (1, 2, 3)]


@pytest.mark.usefixtures("app")
def test_who_is_absent_gets_no_paper_and_a_module_without_sheets_none_at_all() -> None:
    jury = Jury()
    with transaction() as session:
        session.get_one(Entrant, jury.entrants[0]).status = EntrantStatus.ABSENT
    assert {number for number, *_ in forms_of(jury)} == {"抽签号 2"}
    with pytest.raises(NotFoundError):
        forms_of(jury, part=2)
    with pytest.raises(NotFoundError):
        forms_of(jury, part=0)
    coded = CodedJury(1)
    with pytest.raises(ConflictError):
        forms_of(coded)
    assert form_parts(db.session(), coded.module_id) == 0


@pytest.mark.usefixtures("app")
def test_forms_of_works_carry_their_codes() -> None:
    jury = CodedJury(1)
    jury.code()
    codes = [f"作品编码 {work.work_code}" for work in jury.works()]
    assert [number for number, *_ in forms_of(jury)][::3] == codes


@pytest.mark.usefixtures("sqlite_app")
def test_a_large_module_comes_in_parts() -> None:
    jury = Jury(contestants=101)
    assert form_parts(db.session(), jury.module_id) == 2
    whole = forms_of(jury) + forms_of(jury, part=2)
    assert len(whole) == 303
    assert len(forms_of(jury)) == FORMS_A_PART
    assert len(set(whole)) == 303


def test_the_file_numbers_its_pages_and_its_codes_lead_to_the_sheets(sqlite_app: Flask) -> None:
    jury, client = Jury(), sqlite_app.test_client()
    sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=jury.competition_id))
    address = f"/scoring/competitions/{jury.competition_id}/modules/{jury.module_id}/forms.pdf"
    answer = client.get(address)
    assert answer.mimetype == "application/pdf"
    text = text_of(answer.data)
    assert re.findall(r"第 (\d) 页，共 6 页", text) == ["1", "2", "3", "4", "5", "6"]
    assert text.count("整体造型") == 6
    assert text.count("填用时") == 2  # the first seat alone takes the time
    assert jury.judges[0].name in text
    document = pypdfium2.PdfDocument(answer.data)
    scanned = [zxingcpp.read_barcodes(page.render(scale=3).to_pil()) for page in document]
    base = sqlite_app.config["BASE_URL"]
    sheets = [jury.sheet(seat, entrant).id for entrant in (0, 1) for seat in (1, 2, 3)]
    assert [one.text for [one] in scanned] == [f"{base}/tablet/sheets/{key}" for key in sheets]
    board = f"/scoring/competitions/{jury.competition_id}/events/{jury.event_id}/board"
    assert f"{address}?by=judge" in client.get(board).text


def test_paper_is_for_those_who_see_the_board(sqlite_app: Flask) -> None:
    jury, client = Jury(), sqlite_app.test_client()
    path = f"/modules/{jury.module_id}/forms.pdf"
    assert client.get(f"/scoring/competitions/{jury.competition_id}{path}").status_code in (302, 401)
    sign_in_account(client, make_account(role=Role.TEAM_LEADER, competition_id=jury.competition_id))
    assert client.get(f"/scoring/competitions/{jury.competition_id}{path}").status_code == 403
    other = make_competition()
    sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=other.id))
    assert client.get(f"/scoring/competitions/{other.id}{path}").status_code == 404


@pytest.mark.usefixtures("sqlite_app")
def test_the_same_forms_make_the_same_file() -> None:
    jury = Jury()
    module = db.session.get_one(Module, jury.module_id)
    forms = hall_forms(db.session(), module, str)
    assert draw_sheets(forms) == draw_sheets(forms)


@pytest.mark.usefixtures("sqlite_app")
def test_a_form_carries_its_number_and_a_place_for_the_contestant_where_the_event_asks_for_it() -> None:
    jury = Jury(contestants=1)
    module = db.session.get_one(Module, jury.module_id)
    text = text_of(draw_sheets(hall_forms(db.session(), module, str)))
    for seat in (1, 2, 3):
        assert f"表号 {form_number(jury.sheet(seat).id)}" in text
    assert "选手签名" not in text
    choice = ContestantSigns.FIRST_SEAT.value
    set_contestant_signing(SetContestantSigning(jury.competition_id, jury.event_id, choice, jury.organiser))
    module = db.session.get_one(Module, jury.module_id)
    assert text_of(draw_sheets(hall_forms(db.session(), module, str))).count("选手签名") == 1
