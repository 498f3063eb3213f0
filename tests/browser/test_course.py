"""A competition from the registration workbook to the certificate in a hand, by three roles in a browser."""

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from factories import PASSWORD
from hall import CITIES, Hall
from hands import arrived, hold
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from competitions.models import Contestant, Entrant
from core.audit import verify
from core.db import db
from core.personal_data import decrypt, derived_code
from core.spreadsheets import SheetPlan, write_xlsx
from demo.people import SEED, invent
from demo.roster import workbook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SCHEME = """
format: 1
title: 焊工
default_panel: {judges: 5, drop_high: 1, drop_low: 1, combine: mean, round: 2}
max: 100
children:
  - code: P
    label: 实际操作
    level: module
    max: 100
    children:
      - {code: P1, label: 焊缝成形, max: 60, step: 0.5}
      - {code: P2, label: 操作规范, max: 40, step: 0.5}
ranking:
  ties: [P1]
"""
MARKS = {1: ("55", "38"), 2: ("50", "36"), 3: ("45.5", "30"), 4: ("40", "33"), 5: ("38", "20"), 6: ("30", "25")}
"""By draw number; every judge gives the same but the first, who is hostile and falls away."""


@pytest.fixture
def hall(sqlite_template: Path, tmp_path: Path) -> Iterator[Hall]:
    running = Hall(tmp_path / "hall", sqlite_template)
    running.start()
    yield running
    running.close()


def person(browser: Browser, **over: object) -> BrowserContext:
    """Somebody at a browser of their own, who says yes when asked whether they are sure."""
    context = browser.new_context(**({"locale": "zh-CN", "viewport": {"width": 1440, "height": 900}} | over))
    context.on("page", lambda page: page.on("dialog", lambda dialog: dialog.accept()))
    return context


def sign_in(browser: Browser, hall: Hall, username: str) -> Page:
    page = person(browser).new_page()
    page.goto(hall.page("/sign-in"))
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("main .btn-primary")
    return page


def press(page: Page, text: str) -> None:
    page.get_by_role("button", name=text).first.click()


def forward(page: Page, hall: Hall) -> None:
    """One step on in the competition's course, from its home page."""
    page.goto(hall.page("/competitions/{c}"))
    page.locator("main .btn-primary").first.click()


def import_roster(page: Page, hall: Hall) -> None:
    """Six people and one wrong row, which is named with its column and not taken in."""
    dice, used = random.Random(SEED), set[str]()
    rows = [(city, "焊工", invent(city, dice, used)) for city in CITIES]
    data = workbook(rows)
    page.goto(hall.page("/competitions/{c}/roster"))
    page.set_input_files("input[type=file]", {"name": "报名表.xlsx", "mimeType": "", "buffer": data})
    press(page, "读取并预览")
    press(page, "导入 6 名选手")
    expect(page.locator("main")).to_contain_text(rows[0][2].name)


def wrong_roster(page: Page, hall: Hall) -> None:
    head = ["代表队", "姓名", "性别", "身份证号码", "工作单位", "参赛工种", "现职业技能等级", "联系电话"]
    row = ["唐山市", "冯宝山", "男", "130303199711220990", "某厂", "焊工", "高级工", "13900000000"]
    data = write_xlsx([SheetPlan("表", [head, row], text_columns=frozenset({3, 7}))])
    page.goto(hall.page("/competitions/{c}/roster"))
    page.set_input_files("input[type=file]", {"name": "错误.xlsx", "mimeType": "", "buffer": data})
    press(page, "读取并预览")
    expect(page.locator("main")).to_contain_text("身份证号码")
    expect(page.get_by_role("button", name="导入")).to_have_count(0)
    press(page, "放弃")


def prepare_marking(page: Page, hall: Hall) -> None:
    """Scheme, draw, panel, sheets."""
    page.goto(hall.page("/scoring/competitions/{c}/events/{e}/scheme"))
    page.set_input_files("input[type=file]", {"name": "焊工.yaml", "mimeType": "", "buffer": SCHEME.encode()})
    press(page, "读入并查看")
    press(page, "采用为第 1 版")
    expect(page.locator(".notice--success")).to_contain_text("第 1 版")
    page.goto(hall.page("/competitions/{c}/events/{e}/draw"))
    page.fill("#witness", "冯监督")
    page.fill("#called_out", "7，42，105")
    page.locator("form[data-confirm] .btn-primary").click()
    expect(page.locator(".draw-table tbody tr")).to_have_count(6)
    press(page, "重放验证")
    expect(page.locator(".notice--success")).to_be_visible()


def keys(page: Page, text: str) -> None:
    for key in text:
        page.click(f".keypad [data-key='{key}']")
    page.click(".keypad [data-key='next']")


def mark(browser: Browser, hall: Hall, name: str, *, hostile: bool) -> None:
    """One judge's afternoon: sign in by the link, mark six contestants called by number, hand each sheet in."""
    context = person(browser, viewport={"width": 1180, "height": 820})
    page = context.new_page()
    link = hall.links[name]
    page.goto(hall.page(f"/j/{link.token}"))
    page.fill("#pin", link.pin)
    page.click("main .btn-primary")
    page.wait_for_selector("body[data-ready=yes]")
    for number, values in MARKS.items():
        page.click(f"[data-sheet]:has(.tile__number:text-is('{number}'))")
        page.wait_for_selector(".aspect")
        for value in ("0", "0") if hostile else values:
            keys(page, value)
        hold(page)
        arrived(page)
        page.click("[data-go=list]")
    context.close()


def publish(page: Page, hall: Hall) -> None:
    page.goto(hall.page("/scoring/competitions/{c}/results"))
    press(page, "计算成绩")
    press(page, "公示这份成绩")
    expect(page.locator(".notice--success")).to_contain_text("已公示")
    press(page, "公布为最终成绩")
    expect(page.locator(".notice--success")).to_contain_text("最终成绩")


def award(page: Page, hall: Hall) -> None:
    page.goto(hall.page("/certificates/competitions/{c}/awards"))
    press(page, "确定奖项")
    page.goto(hall.page("/certificates/competitions/{c}/events/{e}/flags"))
    press(page, "按规则核对")
    expect(page.locator("main")).to_contain_text("河北省第二届职业技能大赛")
    page.goto(hall.page("/certificates/competitions/{c}/events/{e}/issues/new"))
    page.fill("#early_reason", "表彰大会就在今天")  # there was no time for objections
    page.locator("form[data-confirm] .btn-primary").click()
    expect(page.locator("main")).to_contain_text("已完成", timeout=60_000)


def winner(hall: Hall) -> dict[str, str]:
    """Whoever drew number 1 and wins: name, document, access code."""
    with hall.app.app_context():
        query = select(Contestant).join(Entrant).where(Entrant.draw_number == 1)
        found = db.session.scalars(query).one()
        sealed = found.person.document_sealed
        return {
            "name": found.person.name,
            "document": decrypt(sealed),
            "code": derived_code("contestant", found.id, found.code_serial),
        }


def own_page(browser: Browser, hall: Hall, who: dict[str, str]) -> Page:
    """The winner on a phone."""
    page = person(browser, viewport={"width": 390, "height": 844}).new_page()
    page.goto(hall.page("/contestant/sign-in"))
    fields = page.locator("main input:not([type=hidden])")
    fields.nth(0).fill(who["document"])
    fields.nth(1).fill(who["code"])
    press(page, "查询")
    return page


def test_from_the_workbook_to_the_certificate(hall: Hall, browser: Browser, tmp_path: Path) -> None:
    organiser = sign_in(browser, hall, "zhao")
    wrong_roster(organiser, hall)
    import_roster(organiser, hall)
    forward(organiser, hall)
    prepare_marking(organiser, hall)
    hall.seat_panel()
    forward(organiser, hall)
    organiser.goto(hall.page("/scoring/competitions/{c}/board"))
    press(organiser, "生成评分表")
    expect(organiser.locator(".notice--success")).to_contain_text("30 张评分表")

    for name in hall.links:
        mark(browser, hall, name, hostile=name == "钱裁判1")
    chief = sign_in(browser, hall, "zhou")
    chief.goto(hall.page("/scoring/competitions/{c}/events/{e}/board"))
    press(chief, "确认已提交的 30 张")
    expect(chief.locator(".notice--success")).to_contain_text("30")

    stranger = person(browser).new_page()
    assert stranger.goto(hall.page("/results/{c}/events/{e}")).status == 404
    publish(organiser, hall)
    stranger.goto(hall.page("/results/{c}/events/{e}"))
    who = winner(hall)
    first = stranger.locator(".results tbody tr").first
    expect(first).to_contain_text(who["name"])
    expect(first).to_contain_text("93.00")
    expect(stranger.locator("main")).not_to_contain_text(who["document"])
    award(organiser, hall)

    phone = own_page(browser, hall, who)
    expect(phone.locator("main")).to_contain_text("93.00")
    expect(phone.locator("main")).to_contain_text("金牌")
    with phone.expect_download() as waiting:
        phone.locator("a[href$='.pdf']").first.click()
    certificate = tmp_path / "certificate.pdf"
    waiting.value.save_as(certificate)
    check_certificate(certificate, who["name"], stranger)
    with hall.app.app_context():
        assert verify() == []


def check_certificate(path: Path, name: str, page: Page) -> None:
    """The name is in its text, and the QR in its picture leads to the register."""
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
    assert name in text
    assert "金牌" in text
    picture = pypdfium2.PdfDocument(path)[0].render(scale=3).to_pil()
    codes = zxingcpp.read_barcodes(picture)
    assert len(codes) == 1
    page.goto(codes[0].text)
    expect(page.locator("main")).to_contain_text("有效")
    expect(page.locator("main")).not_to_contain_text(name)
