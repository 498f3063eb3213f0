"""What hands do on a tablet."""

from playwright.sync_api import Page


def hold(page: Page) -> None:
    """Keep the button pressed that hands a sheet in, until the page says that it is done."""
    box = page.locator(".foot__send").bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.wait_for_selector(".finish--done")
    page.mouse.up()
