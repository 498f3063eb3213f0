"""Signed sheets as PDF: every mark, note, change, signature and digest, for one sheet, one entrant, one module."""

from pathlib import Path
from uuid import uuid4

import pytest
from asked import asked
from factories import make_account, sign_in_account
from hypothesis import given
from hypothesis import strategies as st
from juries import Jury
from pdf_reading import picture, text_by_poppler
from pdf_text import texts_of
from sqlalchemy import select

from core.audit import AuditEntry
from core.db import db
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from core.permissions import Role
from scoring.jury.contestant_signing import ContestantUnsignedError, SetContestantSigning, set_contestant_signing
from scoring.models import SheetSubmission
from scoring.sheet_files.drawing import draw_signed_sheets, drawable
from scoring.sheet_files.ink import HEIGHT, WIDTH, strokes
from scoring.sheet_files.reading import ENTRANTS_A_PART, entrant_file, module_file, sheet_file
from scoring.sheets.review import ConfirmSubmitted, confirm_submitted
from scoring.sheets.saving import SubmitSheet, submit_sheet

CROSS = "M0 0L600 200M600 0L0 200"


@pytest.fixture
def jury(sqlite_app):
    return Jury()


def hand_in(jury, seat, entrant=0, **signed):
    sheet = jury.sheet(seat, entrant)
    command = SubmitSheet(sheet.id, uuid4(), sheet.revision, **({"signature": CROSS} | signed))
    return submit_sheet(command, jury.device_of(seat, entrant))


def marked(jury, entrant=0):
    """All seats of an entrant mark and sign; the first seat changes its mind and writes a note."""
    jury.mark(1, {"J1": "1", "J2": "2", "N1": "10:00"}, entrant)
    more = {"notes": {"J1": "左侧不对称，见照片"}, "doubts": ["J2"]}
    jury.mark(1, {"J1": "2", "J2": "2", "N1": "10:00"}, entrant, **more)
    for seat in (2, 3):
        jury.mark(seat, {"J1": "2", "J2": "3"}, entrant)
    for seat in (1, 2, 3):
        hand_in(jury, seat, entrant)


def setting(jury, signing):
    set_contestant_signing(SetContestantSigning(jury.competition_id, jury.event_id, signing, jury.organiser))


def test_a_sheet_holds_all_that_was_marked_written_and_signed(jury, tmp_path: Path):
    marked(jury)
    command = ConfirmSubmitted(jury.competition_id, jury.module_id, jury.chief)
    confirm_submitted(command)
    sheet = jury.sheet(1)
    found = sheet_file(jury.competition_id, sheet.id, jury.chief)
    text = "".join(text_by_poppler(draw_signed_sheets(found), tmp_path).split())

    expected = [
        "抽签号1",
        "第1席",
        jury.judges[0].name,
        "整体造型",
        "左侧不对称，见照片",
        "有疑问",
        "◆改过1次",
        "10:00",
    ]
    for word in [*expected, "已确认", "周裁判长", "第2版"]:
        assert "".join(word.split()) in text
    assert found.sheets[0].digest in text
    assert len(found.sheets[0].digest) == 64


def test_the_digest_is_the_one_in_the_audit_record(jury):
    marked(jury)
    sheet = jury.sheet(1)
    lines = db.session.scalars(
        select(AuditEntry).where(AuditEntry.target == f"score_sheet:{sheet.id}", AuditEntry.action == "sheet.saved")
    )
    assert sheet_file(jury.competition_id, sheet.id, jury.chief).sheets[0].digest in [
        line.detail["digest"] for line in lines
    ]


def test_the_ink_of_a_signature_is_drawn(jury):
    marked(jury)
    found = sheet_file(jury.competition_id, jury.sheet(1).id, jury.chief)
    with_ink = picture(draw_signed_sheets(found))
    found.sheets[0].submission.__dict__["signature"] = ""
    without = picture(draw_signed_sheets(found))
    dark = [sum(page.convert("L").histogram()[:128]) for page in (with_ink, without)]
    assert dark[0] > dark[1] + 500


def test_equal_sheets_make_equal_files(jury):
    marked(jury)
    found = sheet_file(jury.competition_id, jury.sheet(1).id, jury.chief)
    assert draw_signed_sheets(found) == draw_signed_sheets(found)


def test_an_entrant_comes_with_all_seats_and_a_module_with_all_entrants(jury):
    for entrant in (0, 1):
        marked(jury, entrant)
    one = entrant_file(jury.competition_id, jury.module_id, jury.entrants[1], jury.chief)
    assert [(sheet.draw_number, sheet.seat) for sheet in one.sheets] == [(2, 1), (2, 2), (2, 3)]
    every = module_file(jury.competition_id, jury.module_id, jury.chief)
    pages = texts_of(draw_signed_sheets(every))
    assert len(pages) == 6
    assert all(f"抽签号 {n // 3 + 1}" in page and f"第 {n % 3 + 1} 席" in page for n, page in enumerate(pages))


def test_closed_marks_are_left_out_and_refused(jury):
    marked(jury, 0)
    jury.mark(1, {"J1": "1", "J2": "2", "N1": "10:00"}, 1)
    every = module_file(jury.competition_id, jury.module_id, jury.chief)
    assert ({sheet.draw_number for sheet in every.sheets}, every.closed) == ({1}, 1)
    with pytest.raises(NotAllowedError):
        sheet_file(jury.competition_id, jury.sheet(1, 1).id, jury.chief)
    with pytest.raises(NotAllowedError):
        entrant_file(jury.competition_id, jury.module_id, jury.entrants[1], jury.chief)
    jury.open_marks()
    assert sheet_file(jury.competition_id, jury.sheet(1, 1).id, jury.chief).sheets


def test_a_module_whose_marks_are_all_closed_has_no_file(jury):
    jury.mark(1, {"J1": "1"})
    with pytest.raises(ConflictError):
        module_file(jury.competition_id, jury.module_id, jury.chief)


@pytest.mark.parametrize("part", [0, -1, 2, 10**12])
def test_a_part_that_is_not_there_is_not_found(jury, part):
    marked(jury)
    with pytest.raises(NotFoundError):
        module_file(jury.competition_id, jury.module_id, jury.chief, part)
    assert ENTRANTS_A_PART >= 50


def test_sheets_of_another_competition_are_not_found(jury):
    marked(jury)
    other = Jury()
    with pytest.raises(NotFoundError):
        sheet_file(other.competition_id, jury.sheet(1).id, other.chief)
    with pytest.raises(NotFoundError):
        module_file(other.competition_id, jury.module_id, other.chief)
    with pytest.raises(NotFoundError):
        entrant_file(other.competition_id, other.module_id, jury.entrants[0], other.chief)


def test_more_entrants_cost_no_more_queries(sqlite_app):
    counts = []
    for size in (2, 5):
        jury = Jury(contestants=size)
        for entrant in range(size):
            marked(jury, entrant)
        with asked() as statements:
            module_file(jury.competition_id, jury.module_id, jury.chief)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.CHIEF_JUDGE, 200), (Role.ORGANISER, 200), (Role.SUPERVISOR, 200), (Role.JUDGE, 403), (Role.AUDITOR, 403)],
)
def test_who_may_have_the_files(jury, sqlite_app, role, status):
    marked(jury)
    client = sqlite_app.test_client()
    base = f"/scoring/competitions/{jury.competition_id}"
    module = f"{base}/modules/{jury.module_id}"
    paths = [f"{base}/sheets/{jury.sheet(1).id}.pdf", f"{module}/sheets.pdf"]
    paths.append(f"{module}/entrants/{jury.entrants[0]}/sheets.pdf")
    assert all(client.get(path).status_code in (302, 401) for path in paths)
    sign_in_account(client, make_account(role=role, competition_id=jury.competition_id))
    answers = [client.get(path) for path in paths]
    assert [answer.status_code for answer in answers] == [status] * 3
    if status == 200:
        assert all(answer.data.startswith(b"%PDF") for answer in answers)
        assert answers[0].headers["Cache-Control"] == "no-store"


def test_the_contestant_signs_where_the_event_asks_for_it(jury, tmp_path):
    setting(jury, "first_seat")
    jury.mark(1, {"J1": "1", "J2": "2", "N1": "10:00"})
    for seat in (2, 3):
        jury.mark(seat, {"J1": "1", "J2": "2"})
        hand_in(jury, seat)
    with pytest.raises(ContestantUnsignedError):
        hand_in(jury, 1)
    with pytest.raises(ContestantUnsignedError):
        hand_in(jury, 1, contestant_refusal="  ")
    hand_in(jury, 1, contestant_signature=CROSS)
    pdf = draw_signed_sheets(sheet_file(jury.competition_id, jury.sheet(1).id, jury.chief))
    assert "选手（抽签号" in text_by_poppler(pdf, tmp_path)


def test_a_contestant_who_will_not_sign_is_no_obstacle_and_stands_on_the_paper(jury, tmp_path):
    setting(jury, "all")
    jury.mark(1, {"J1": "1", "J2": "2", "N1": "10:00"})
    hand_in(jury, 1, contestant_refusal="选手对用时有异议，已告知申诉途径")
    stored = db.session.scalars(select(SheetSubmission)).one()
    assert stored.contestant_refusal == "选手对用时有异议，已告知申诉途径"
    jury.mark(2, {"J1": "1", "J2": "2"})
    with pytest.raises(ContestantUnsignedError):
        hand_in(jury, 2)


def test_what_is_no_drawing_is_refused(jury):
    jury.mark(1, {"J1": "1", "J2": "2", "N1": "10:00"})
    for field in ("signature", "contestant_signature"):
        for path in ("<script>", "M0 0C1 1", "M" * 20_001, "M0 0L1 1\n"):
            with pytest.raises(InvalidInputError):
                hand_in(jury, 1, **{field: path})


def test_only_an_organiser_chooses_who_signs(jury, sqlite_app):
    client = sqlite_app.test_client()
    path = f"/scoring/competitions/{jury.competition_id}/events/{jury.event_id}/contestant-signing"
    for role, status in ((Role.CHIEF_JUDGE, 403), (Role.JUDGE, 403), (Role.ORGANISER, 302)):
        sign_in_account(client, make_account(role=role, competition_id=jury.competition_id))
        assert client.post(path, data={"signing": "all"}).status_code == status
    assert client.post(path, data={"signing": "some"}).status_code == 422
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.chain == jury.competition_id)).all()
    assert actions.count("judging.contestant_signing_set") == 1
    setting(jury, "all")
    again = db.session.scalars(select(AuditEntry.action).where(AuditEntry.chain == jury.competition_id)).all()
    assert again.count("judging.contestant_signing_set") == 1


def test_a_character_without_glyph_is_written_by_its_number():
    assert drawable("好👍") == "好[U+1F44D]"
    assert drawable("\U0002a6d5") in ("\U0002a6d5", "[U+2A6D5]")


@given(st.text(st.sampled_from("ML0123456789 "), max_size=200))
def test_any_path_becomes_strokes_within_the_box(path):
    for stroke in strokes(path):
        assert len(stroke) >= 2
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in stroke)


def test_strokes_are_what_the_finger_drew():
    assert strokes("M1 2L3 4M5 6") == [[(1, 2), (3, 4)], [(5, 6), (5, 6)]]
    assert strokes("") == []
    assert strokes("L9 9") == [[(9, 9), (9, 9)]]
