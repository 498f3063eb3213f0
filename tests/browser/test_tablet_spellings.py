"""A mark that was not tapped on a tablet may be spelt otherwise; the page shows and counts what it means."""

from typing import Any
from uuid import uuid4

import pytest
from factories import WELDING_MARKS
from playwright.sync_api import BrowserContext, expect
from tablet_server import TabletServer

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("spelt", "meant", "points"), [("yes", "是", "4"), ("NO", "否", "0"), ("1", "是", "4")])
def test_yes_and_no_are_understood_however_they_are_spelt(
    tablet: BrowserContext, server: TabletServer, spelt: str, meant: str, points: str
) -> None:
    body: dict[str, Any] = {"key": str(uuid4()), "base_revision": 0, "marks": WELDING_MARKS | {"B1": spelt}}
    address = f"{server.url}/scoring/sheets/{server.sheets[0]}/revisions"
    headers = {"Authorization": f"Bearer {server.token()}"}
    assert tablet.request.post(address, data=body, headers=headers).status == 201
    page = tablet.new_page()
    page.goto(f"{server.url}/tablet/sheets/{server.sheets[0]}")
    row = page.locator("[data-aspect=B1]")
    expect(row.locator(".aspect__mark")).to_have_text(meant)
    expect(row.locator(".aspect__points")).to_contain_text(points)
    expect(page.locator(".foot__sum")).to_be_visible()
    row.click()
    expect(page.locator(".choice[aria-pressed=true]")).to_contain_text(meant)
