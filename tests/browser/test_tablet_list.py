"""The judge's list begins with what is to be done; what came back is said plainly; notes and pictures are in sight."""

import io

import pytest
from factories import make_actor
from hands import arrived, hold, wake
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect
from tablet_server import TabletServer

from competitions.models import Entrant, EntrantStatus
from core.db import db, transaction
from core.permissions import Role
from scoring.models import ScoreSheet
from scoring.sheets.review import ChangeSheet, change_sheet
from scoring.states import SheetAction

pytestmark = pytest.mark.browser


def open_list(tablet: BrowserContext, server: TabletServer) -> Page:
    page = tablet.new_page()
    page.goto(f"{server.url}/tablet/")
    page.wait_for_selector("body[data-ready=yes]")
    return page


def mark_and_hand_in(page: Page) -> None:
    """A sheet of three judgements, from its first gap to the end; the same twice at once would be a double tap."""
    for level in "213":
        page.click(f"[data-value='{level}']")
    sign(page)
    hold(page)
    arrived(page)


def sign(page: Page) -> None:
    box = page.locator(".pad__box").bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60)
    page.mouse.up()


@pytest.fixture
def server(running: TabletServer) -> TabletServer:
    """The server, up, with a judge who has sheets of three judgements for three contestants."""
    running.start()
    aspects = [{"code": f"A{n}", "label": f"第 {n} 项", "kind": "judgement", "max": 3} for n in range(1, 4)]
    module = {"code": "P", "level": "module", "label": "实际操作", "children": aspects}
    return running.seed({"title": "三项", "children": [module]}, contestants=3)


def numbers(page: Page, where: str = ".tile") -> list[str]:
    return [one.strip() for one in page.locator(f"{where} .tile__number").all_inner_texts()]


def send_back(server: TabletServer, number: int) -> None:
    with server.app.app_context():
        chief = make_actor(Role.CHIEF_JUDGE, server.competition_id, name="周裁判长")
        reason = "A2 与备注不一致"
        change_sheet(ChangeSheet(server.competition_id, server.sheets[number], SheetAction.RETURN, chief, reason))
        db.session.remove()


def test_one_button_leads_through_all_that_is_to_be_done_and_finished_sheets_stand_below(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = open_list(tablet, server)
    expect(page.locator("[data-go=on]")).to_contain_text("开始评分")
    expect(page.locator(".onward__left")).to_contain_text("还有 3 张没有提交")
    page.click(f"[data-sheet='{server.sheets[1]}']")
    page.click("[data-value='2']")
    page.click("[data-go=list]")
    expect(page.locator("[data-go=on]")).to_contain_text("继续评分")
    expect(page.locator("[data-go=on]")).to_contain_text("2 号选手")
    page.click("[data-go=on]")
    page.click("[data-value='2']")
    page.click("[data-value='3']")
    sign(page)
    hold(page)
    expect(page.locator(".way--next")).to_contain_text("下一位 3")
    page.click("[data-go=list]")
    assert numbers(page) == ["1", "3", "2"]
    assert numbers(page, ".list__finished ~ .group") == ["2"]
    for _ in range(2):
        page.click("[data-go=on]")
        mark_and_hand_in(page)
        page.click("[data-go=list]")
    expect(page.locator(".onward--done")).to_contain_text("您的评分表都已提交")
    assert numbers(page) == ["1", "2", "3"]
    page.click(f"[data-sheet='{server.sheets[0]}']")
    expect(page.locator(".finish__when")).to_contain_text("提交")


def test_who_did_not_come_is_not_waited_for_and_of_sixty_each_is_there_by_number(
    tablet: BrowserContext, server: TabletServer
) -> None:
    server.seed(contestants=60)
    tablet.add_cookies([server.cookie()])  # type: ignore[list-item]
    with server.app.app_context(), transaction() as session:
        entrant = session.get_one(ScoreSheet, server.sheets[0]).entrant_id
        session.get_one(Entrant, entrant).status = EntrantStatus.ABSENT
    page = open_list(tablet, server)
    expect(page.locator("[data-go=on]")).to_contain_text("2 号选手")
    expect(page.locator(".onward__left")).to_contain_text("还有 59 张没有提交")
    assert numbers(page) == [*[str(n) for n in range(2, 61)], "1"]
    expect(page.locator(f"[data-sheet='{server.sheets[0]}']")).to_contain_text("缺考")
    page.click(f"[data-sheet='{server.sheets[59]}']")
    expect(page.locator(".place__number")).to_have_text("60")


def test_a_sheet_that_came_back_says_by_whom_when_and_why_and_the_old_signature_is_gone(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = open_list(tablet, server)
    page.click("[data-go=on]")
    mark_and_hand_in(page)
    expect(page.locator(".finish--done")).to_contain_text("已于")
    expect(page.locator(".pad__box--done")).to_have_count(1)
    send_back(server, 0)
    wake(page)
    notice = page.locator(".returned")
    expect(notice).to_contain_text("周裁判长于")
    expect(notice).to_contain_text("退回")
    expect(notice).to_contain_text("理由：A2 与备注不一致")
    expect(notice).to_contain_text("上一次的提交和签名不再有效")
    expect(page.locator(".finish--done")).to_have_count(0)
    assert page.locator(".pad__ink path").evaluate_all("found => found.map((one) => one.getAttribute('d') ?? '')") in (
        [],
        [""],
    )
    page.click("[data-go=list]")
    expect(page.locator("[data-go=on]")).to_contain_text("1 号选手")
    expect(page.locator("[data-go=on]")).to_contain_text("已退回")
    expect(page.locator(".onward__back")).to_contain_text("已退回 1")


def test_a_note_stays_in_sight_and_the_row_counts_pictures_also_on_another_device(
    tablet: BrowserContext, server: TabletServer
) -> None:
    page = open_list(tablet, server)
    page.click("[data-go=on]")
    page.click("[data-tool=note]")
    page.fill(".note__text", "起弧处有气孔")
    page.click(".note .way")
    expect(page.locator(".own-note")).to_contain_text("起弧处有气孔")
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "steelblue").save(out, "JPEG")
    for _ in range(2):
        page.set_input_files(
            "[data-tool=photo] input", {"name": "1.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
        )
    row = page.locator("[data-aspect=A1]")
    expect(row.locator(".flag")).to_have_count(2)
    expect(row).to_contain_text("2")
    arrived(page)
    mark_and_hand_in(page)
    expect(page.locator("[data-remark=A1]")).to_contain_text("起弧处有气孔")
    expect(page.locator("[data-remark=A1]")).to_contain_text("照片 2")
    page.close()

    browser = tablet.browser
    assert browser is not None
    other = browser.new_context(locale="zh-CN")
    other.add_cookies([server.cookie()])
    again = open_list(other, server)
    again.click(f"[data-sheet='{server.sheets[0]}']")
    expect(again.locator("[data-aspect=A1]")).to_have_attribute(
        "aria-label", "A1 第 1 项 2 分 2 · 备注 · 照片 2 · 0 至 3"
    )
