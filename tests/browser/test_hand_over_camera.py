"""The chief judge's page reads codes by camera: real page, form and server; only the eye is lent, which Linux lacks."""

import pytest
from factories import make_account, make_judge, make_sheet
from parcels import later, make_codes, make_device, make_parcel, save
from playwright.sync_api import Browser, expect
from tablet_server import TabletServer

from core.auth import ACCOUNT_IDLE, Subject, SubjectKind, sign_in
from core.permissions import Role

pytestmark = pytest.mark.browser
EYE = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect(video) {
    if (!video.videoWidth) return [];
    window.looks = (window.looks ?? 0) + 1;
    return [{ rawValue: "https://example.org" }, { rawValue: CODES[window.looks % CODES.length] }];
  }
};
"""


def test_codes_that_pass_before_the_camera_are_gathered_and_sent(browser: Browser, server: TabletServer) -> None:
    with server.app.app_context():
        judge = make_judge(competition_id=server.competition_id, name="欧阳裁判")
        sheet = make_sheet(judge=judge)
        first = save(sheet.id, {"A1": "18"})
        codes = make_codes(make_parcel(make_device(judge), [first, later(first, {"A2": "2"})]), 190)
        account = make_account(role=Role.CHIEF_JUDGE, competition_id=server.competition_id)
        token = sign_in(Subject(SubjectKind.ACCOUNT, account.id, "周裁判长", ACCOUNT_IDLE), "test")
    assert len(codes) > 2
    context = browser.new_context(locale="zh-CN")
    context.add_cookies([{"name": f"signin_{server.port}", "value": token, "url": server.url}])
    page = context.new_page()
    page.add_init_script(f"const CODES = {codes!r};{EYE}")
    page.goto(f"{server.url}/scoring/competitions/{server.competition_id}/hand-over")
    page.click("[data-camera]")

    expect(page.locator(".taken")).to_have_attribute("data-stored", "2")
    expect(page.locator(".taken h2")).to_have_text("欧阳裁判")


def test_without_an_eye_the_button_is_not_there(browser: Browser, server: TabletServer) -> None:
    with server.app.app_context():
        account = make_account(role=Role.CHIEF_JUDGE, competition_id=server.competition_id)
        token = sign_in(Subject(SubjectKind.ACCOUNT, account.id, "周裁判长", ACCOUNT_IDLE), "test")
    context = browser.new_context(locale="zh-CN")
    context.add_cookies([{"name": f"signin_{server.port}", "value": token, "url": server.url}])
    page = context.new_page()
    page.add_init_script("delete window.BarcodeDetector")
    page.goto(f"{server.url}/scoring/competitions/{server.competition_id}/hand-over")
    page.wait_for_load_state("networkidle")

    expect(page.locator("[data-camera]")).to_be_hidden()
    expect(page.locator("#files")).to_be_visible()
