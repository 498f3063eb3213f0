"""The judge's page for the first time on a slow link: when it is painted, when it can be marked on, how much came.

A real Chromium without anything kept, a server as `core serve` runs it, a link of 1.6 Mbit/s with 150 ms there and
back. Beside it, over the same link in the same run, a page that holds one word and asks for nothing.
"""

import shutil
import statistics
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.table import Figure, time_against

LINK = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
"""Slow 4G as browsers' own tools have it: milliseconds and bytes a second."""
ROUNDS = 5
SCREEN: Any = {"width": 1180, "height": 820}
ONE_WORD = b"<!doctype html><meta charset=utf-8><link rel=icon href=data:,><title>1</title><p>1</p>"
PAINT_SECONDS, LOAD_KB = 1.0, 100.0
MARKING = ("body[data-ready=yes]", "body[data-handover=yes]")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """One cold load: seconds until the first paint with content and until one can mark, bytes over the link in all."""

    painted: float
    ready: float
    received: float


def chromium() -> str | None:
    """Path of an installed Chromium."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def first_paint(program: str, url: str, cookie: dict[str, Any]) -> list[Figure]:
    """The figures of the page at `url`, for the device with `cookie`, in the Chromium at `program`."""
    with sync_playwright() as running, _one_word() as bare_url:
        browser = running.chromium.launch(executable_path=program, args=FLAGS)
        _load(browser, url, MARKING, [cookie])  # the server reads its files for the first time
        loads = [_load(browser, url, MARKING, [cookie]) for _ in range(ROUNDS)]
        bare = [_load(browser, bare_url, ("p", "p"), []) for _ in range(ROUNDS)]
        browser.close()
    return _figures(loads, bare)


def _figures(loads: Sequence[Loaded], bare: Sequence[Loaded]) -> list[Figure]:
    painted, ready, received = (
        statistics.median(getattr(one, name) for one in loads) for name in ("painted", "ready", "received")
    )
    empty = statistics.median(one.painted for one in bare)
    link = "评分页首次打开（1.6 Mbit/s，往返 150 毫秒，无缓存）"
    kilobytes = received / 1000
    return [
        time_against(f"{link}：首次绘制", painted, "要求", PAINT_SECONDS, 1),
        time_against(f"{link}：首次绘制", painted, "同一次运行：只有一个字的页面", empty),
        time_against(f"{link}：可以评分", ready, "同一次运行：只有一个字的页面", empty),
        Figure(f"{link}：经网络", kilobytes, "kB", "要求", LOAD_KB, LOAD_KB / kilobytes, 1),
    ]


def _load(browser: Browser, url: str, signs: tuple[str, str], cookies: Sequence[Any]) -> Loaded:
    """`signs` are there when the page can be used, and when all has come that it takes later."""
    context = browser.new_context(viewport=SCREEN, service_workers="block")
    context.add_cookies(list(cookies))
    page = context.new_page()
    received = _slow(page)
    page.goto(url, wait_until="commit")
    page.wait_for_selector(signs[0], state="attached")
    seconds = page.evaluate("performance.now()") / 1000
    painted = page.evaluate(PAINTED) / 1000
    page.wait_for_selector(signs[1], state="attached")
    page.wait_for_load_state("networkidle")
    context.close()
    return Loaded(painted, seconds, sum(received))


PAINTED = """new Promise((resolve) => new PerformanceObserver((list) =>
  list.getEntries().forEach((entry) => entry.name === "first-contentful-paint" && resolve(entry.startTime)),
).observe({ type: "paint", buffered: true }))"""


def _slow(page: Page) -> list[float]:
    """Put the page on the slow link without a cache; the list grows by the bytes of each answer, heads included."""
    session = page.context.new_cdp_session(page)
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.send("Network.emulateNetworkConditions", LINK)
    return received


class _OneWord(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(ONE_WORD)))
        self.end_headers()
        self.wfile.write(ONE_WORD)

    def log_message(self, *_what: object) -> None:
        """Say nothing."""


@contextmanager
def _one_word() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _OneWord)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
