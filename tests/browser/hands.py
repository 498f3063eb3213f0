"""What hands do on a tablet, and how they know that it is done.

The page says `data-kept=no` in the very moment in which something is done, and again `yes` together with what waits. So
whoever waits for `kept` never reads what was true before; `data-waiting`, `-photos` and `-presses` alone tell of then.
"""

from contextlib import suppress
from time import monotonic

from playwright.sync_api import Error, Locator, Page

PATIENCE = 30
"""Seconds, as a selector is waited for."""


def kept(page: Page, waiting: int | None = None) -> None:
    """All that was done is on the device's disk; if given, so much of it waits for the server."""
    page.wait_for_selector("body[data-kept=yes]" + ("" if waiting is None else f"[data-waiting='{waiting}']"))


def arrived(page: Page) -> None:
    """All that was done, pictures too, is on the device's disk, and the server has answered all of it."""
    page.wait_for_selector("body[data-kept=yes][data-waiting='0'][data-photos='0']")


def hold(page: Page) -> None:
    """Keep the button pressed that hands a sheet in, until the page says that it is done."""
    press_down(page)
    page.wait_for_selector(".finish--done")
    page.mouse.up()


def hold_in_vain(page: Page) -> None:
    """Keep it pressed as long as it takes; what it then does, if anything, is begun when this returns."""
    press_down(page)
    page.wait_for_selector(".foot__send[data-held=yes]")
    page.wait_for_selector(".foot__send:not([data-held])")
    page.mouse.up()


def press_down(page: Page) -> None:
    """A finger on the button that hands a sheet in."""
    box = page.locator(".foot__send").bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()


def wake(page: Page) -> None:
    """The page is looked at again: it asks the server how things stand, as it does by itself every half minute."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def hear(page: Page) -> None:
    """The same, until the server has answered this very question and not an earlier one."""
    with page.expect_request("**/scoring/sheets") as asked:
        wake(page)
    reply = asked.value.response()
    assert reply
    reply.finished()


def tap_apart(target: Locator) -> None:
    """A tap near the corner: meant, but so soon after another that in the middle it would be taken for its echo."""
    target.click(position={"x": 5, "y": 5})


def until(page: Page, truth: str, about: object = None) -> None:
    """Ask the page again and again, also while it goes elsewhere, until a thing is true that no selector tells.

    The browser's own way of waiting asks from inside the page, and there nothing may be evaluated.

    Raises:
        TimeoutError: it was not within the time that selectors have.
    """
    end = monotonic() + PATIENCE
    while monotonic() < end:
        with suppress(Error):  # the page has just gone, and the next one answers
            if page.evaluate(truth, about):
                return
    raise TimeoutError(f"still not: {truth}")
