"""Paper sheets on the pages and by command: blind for the second, plain for who decides, counted on the board."""

import io
import json
import re
from uuid import uuid4

import pytest
from asked import asked
from factories import sign_in_account
from flask import Flask
from flask.testing import FlaskClient
from juries import Jury
from scans import jpeg
from sqlalchemy import select
from typists import PAPER, Typing

from competitions.models import Event
from core.accounts import Account
from core.db import db, transaction
from scoring.models import ScoreSheet
from scoring.paper_entry.form_numbers import form_number
from scoring.paper_entry.models import Ending
from scoring.paper_entry.reading import paper_board
from scoring.photos.models import SheetPhoto
from scoring.sheets.checks import SheetClosedError
from scoring.states import SheetState


def sign_in(app: Flask, account: Account) -> FlaskClient:
    return sign_in_account(app.test_client(), account)


def fields(typed: dict[str, str], key: str) -> dict[str, str]:
    return {f"mark:{name}": text for name, text in typed.items()} | {"key": key, "signed": "on", "blanks": "on"}


def masked(page: str) -> str:
    return re.sub(r'name="(csrf_token|key)"[^>]*value="[^"]*"|value="[^"]*"[^>]*name="csrf_token"', "", page)


def test_the_second_gets_the_very_page_and_the_very_answers_of_the_first(sqlite_app: Flask) -> None:
    typing = Typing()
    first, second = (sign_in(sqlite_app, typing.accounts[name]) for name in ("林录入", "何录入"))
    sheet = typing.jury.sheet(1).id
    address = f"{typing.base}/sheets/{sheet}/paper"
    before = masked(first.get(address).text).replace("林录入", "×")
    told = first.post(address, data=fields({"J1": "1", "J2": "0", "N1": "12:34"}, str(uuid4())), follow_redirects=True)
    assert "已收到" in told.text
    found = second.get(f"{typing.base}/paper", query_string={"number": form_number(sheet)})
    assert found.headers["Location"].endswith(address)
    page = second.get(address)
    assert masked(page.text).replace("何录入", "×") == before
    assert "12:34" not in page.text
    bad = second.post(address, data=fields({"J1": "9", "J2": "0", "N1": "1:00"}, str(uuid4())))
    assert bad.status_code == 422
    assert "12:34" not in bad.text
    answer = second.post(
        address, data=fields({"J1": "2", "J2": "0", "N1": "1:00"}, str(uuid4())), follow_redirects=True
    )
    assert "12:34" not in answer.text
    assert "不同" not in answer.text
    normal = [re.sub(r"\d\d-\d\d \d\d:\d\d|林录入|何录入", "×", masked(one.text)) for one in (told, answer)]
    assert normal[0] == normal[1]
    again = second.get(f"{typing.base}/paper", query_string={"number": form_number(sheet)})
    assert again.status_code == 422
    assert "您已经录过" in again.text
    for path in (f"{address}/decision", f"/events/{typing.jury.event_id}/paper"):
        assert second.get(path if path.startswith("/scoring") else typing.base + path).status_code == 403


def test_wrong_numbers_are_told_on_the_page(sqlite_app: Flask) -> None:
    typing = Typing()
    client = sign_in(sqlite_app, typing.accounts["林录入"])
    sheet = typing.jury.sheet(1).id
    number = form_number(sheet)
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    for text, said in ((wrong, "有一位不对"), ("abc", "表号"), (form_number(sheet + 9999), "没有这个表号")):
        page = client.get(f"{typing.base}/paper", query_string={"number": text})
        assert (page.status_code, said in page.text) == (422, True)


def test_what_is_not_taken_comes_back_as_it_was_typed(sqlite_app: Flask) -> None:
    typing = Typing()
    client = sign_in(sqlite_app, typing.accounts["林录入"])
    address = f"{typing.base}/sheets/{typing.jury.sheet(1).id}/paper"
    page = client.post(address, data=fields({"J1": "9", "J2": "3"}, str(uuid4())))
    assert page.status_code == 422
    assert 'value="9"' in page.text
    assert "整体造型" in re.search(r'role="alert">([^<]*整体造型[^<]*)</span>', page.text)[1]  # type: ignore[index]
    assert client.post(address, data=fields({"J1": "1"}, "nonsense")).status_code == 422


def test_the_decision_shows_what_differs_alone_and_takes_the_choice(sqlite_app: Flask) -> None:
    typing = Typing()
    typing.type(typing.first, {"J1": "1", "J2": "3", "N1": "10:31"})
    client = sign_in(sqlite_app, typing.accounts["周正清"])
    address = f"{typing.base}/sheets/{typing.jury.sheet(1).id}/paper/decision"
    alone = client.get(address).text
    assert "10:31" not in alone
    typing.type(typing.second, {"J1": "2", "J2": "3", "N1": "10:31"})
    page = client.get(address).text
    assert "整体造型" in page
    assert "色彩" not in page
    assert "10:31" not in page
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]  # type: ignore[index]
    assert client.post(address, data={"seen": seen}).status_code == 422
    wrong = client.post(address, data={"seen": seen, "mark:J1": "other", "other:J1": "8"})
    assert wrong.status_code == 422
    done = client.post(address, data={"seen": seen, "mark:J1": "other", "other:J1": "3"}, follow_redirects=True)
    assert "已裁定" in done.text
    assert typing.jury.newest(1).marks["J1"] == "3"
    sheet = client.get(f"{typing.base}/sheets/{typing.jury.sheet(1).id}").text
    assert "纸质，由林录入、何录入录入" in sheet
    assert "周正清裁定" in sheet
    assert f"签名在纸质评分表上，表号 {form_number(typing.jury.sheet(1).id)}" in sheet
    assert client.get(address).status_code == 404


def test_the_board_counts_and_says_what_share_of_fields_differed(sqlite_app: Flask) -> None:
    typing = Typing()
    client = sign_in(sqlite_app, typing.accounts["赵组织"])
    address = f"{typing.base}/events/{typing.jury.event_id}/paper"
    assert "还没有录过" in client.get(address).text
    typing.type(typing.first)
    typing.type(typing.second, PAPER | {"J1": "1"})
    typing.type(typing.first, seat=2)
    typing.type(typing.second, seat=2)
    typing.type(typing.first, seat=3)
    page = client.get(address).text
    assert "共 5 项，其中 1 项不同（20%）" in page
    assert re.search(r"整体造型.*?1 / 2.*?50%", page, re.DOTALL)
    event_board = f"{typing.base}/events/{typing.jury.event_id}/board"
    assert "待裁定 1" in client.get(event_board).text
    typing.set_aside("录错了纸", seat=3)
    assert "录错了纸" in client.get(address).text
    typing.decide({"J1": "2"})
    assert "待裁定" not in client.get(event_board).text
    page = client.get(address).text
    assert re.search(r"何录入</td><td class=\"num\">1 / 5", page)


def test_set_aside_by_page(sqlite_app: Flask) -> None:
    typing = Typing()
    typing.type(typing.first)
    client = sign_in(sqlite_app, typing.accounts["周正清"])
    address = f"{typing.base}/sheets/{typing.jury.sheet(1).id}/paper"
    assert client.post(f"{address}/set-aside", data={"reason": ""}).status_code == 422
    assert client.post(f"{address}/set-aside", data={"reason": "号码重复"}).status_code == 302
    assert typing.outcomes()[0].ending is Ending.SET_ASIDE


def test_the_command_tells_the_same_and_its_status_says_that_somebody_must_decide(sqlite_app: Flask) -> None:
    typing = Typing()
    typing.type(typing.first)
    command = ["scoring", "paper", str(typing.id), str(typing.jury.event_id)]
    run = sqlite_app.test_cli_runner().invoke
    assert "录了一遍 1" in run(args=command).output
    typing.type(typing.second, PAPER | {"J1": "1"})
    told = run(args=[*command, "--json"])
    assert told.exit_code == 3
    found = json.loads(told.output)
    assert found["differing"][0]["form"] == form_number(typing.jury.sheet(1).id)
    assert found["fields"] == {"name": "", "of": "", "fields": 3, "wrong": 1, "percent": "33.3"}
    assert '"2"' not in told.output
    assert "待裁定" in run(args=command).output
    typing.decide({"J1": "1"})
    assert run(args=[*command, "--json"]).exit_code == 0
    assert run(args=["scoring", "paper", str(typing.id), "9999"]).exit_code == 1


def test_a_picture_of_the_paper_hangs_at_the_sheet_for_who_decides_and_never_for_who_types(sqlite_app: Flask) -> None:
    typing = Typing()
    sheet = typing.jury.sheet(1).id
    address = f"{typing.base}/sheets/{sheet}/paper"
    first, second = (sign_in(sqlite_app, typing.accounts[name]) for name in ("林录入", "何录入"))

    def send(client: FlaskClient, marks: dict[str, str], picture: bytes) -> int:
        data = fields(marks, str(uuid4())) | {"photo": (io.BytesIO(picture), "paper.jpg")}
        return client.post(address, data=data, content_type="multipart/form-data").status_code

    assert send(first, PAPER, b"no picture") == 422
    assert not typing.entries()
    assert send(first, PAPER, jpeg()) == 302
    [photo] = db.session.scalars(select(SheetPhoto))
    assert (photo.sheet_id, photo.received_by, photo.aspect) == (sheet, typing.first.key, "")
    assert f"sheets/{sheet}/photos" not in second.get(address).text
    assert second.get(f"{typing.base}/sheets/{sheet}/photos/1.jpg").status_code == 403
    assert send(second, PAPER | {"J1": "1"}, b"") == 302
    chief = sign_in(sqlite_app, typing.accounts["周正清"])
    assert f"sheets/{sheet}/photos/1.jpg" in chief.get(f"{address}/decision").text
    assert chief.get(f"{typing.base}/sheets/{sheet}/photos/1.jpg").mimetype == "image/jpeg"


def test_the_board_of_many_papers_asks_as_little_as_that_of_few(sqlite_app: Flask) -> None:
    typing = Typing(Jury(contestants=4))
    event = db.session.get_one(Event, typing.jury.event_id)

    def cost() -> int:
        db.session.rollback()
        with asked() as statements:
            paper_board(db.session(), db.session.get_one(Event, event.id))
        return len(statements)

    typing.type(typing.first)
    typing.type(typing.second, PAPER | {"J1": "1"})
    typing.decide({"J1": "1"})
    few = cost()
    for entrant in (1, 2, 3):
        for by, marks in ((typing.first, PAPER), (typing.second, PAPER | {"J2": "1"})):
            typing.type(by, marks, entrant=entrant)
    typing.type(typing.first, seat=2)
    assert cost() == few


def test_paper_of_a_seat_that_was_left_vacant_waits_to_be_set_aside(sqlite_app: Flask) -> None:
    typing = Typing()
    typing.type(typing.first, seat=2)
    sheet = typing.jury.sheet(2).id
    with transaction() as session:
        session.get_one(ScoreSheet, sheet).state = SheetState.VACANT
    typing.type(typing.second, seat=2)
    chief = sign_in(sqlite_app, typing.accounts["周正清"])
    assert "席位空缺" in chief.get(f"{typing.base}/events/{typing.jury.event_id}/paper").text
    assert "已空缺" in chief.get(f"{typing.base}/sheets/{sheet}/paper/decision").text
    with pytest.raises(SheetClosedError):
        typing.decide({}, seat=2)
    typing.set_aside("席位空缺", seat=2)
