"""Web processes: what is loaded is set aside before they are forked; none keeps waiting what another can answer."""

import gc
import http.client
import os
import socket
import subprocess
import sys
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from select import select

import pytest

from core.config import ROOT
from core.web_process import when_ready

LONG_AND_SHORT = """
import pathlib
from core.web_process import FairWorker
class Hasty(FairWorker):
    silence = 1
here = pathlib.Path(__file__).parent
def app(environ, start):
    if environ["PATH_INFO"] == "/long":
        (here / "begun").write_bytes(b"!")
        with open(here / "may_end", "rb", buffering=0) as pipe:
            pipe.read(1)
    if environ["PATH_INFO"] == "/body":
        environ["wsgi.input"].read()
    start("200 OK", [("Content-Length", "2")])
    return [b"ok"]
"""


class Knot:
    """Garbage that only the collector finds."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def worker() -> Iterator[None]:
    when_ready(None)
    yield
    gc.unfreeze()


def test_what_stands_at_the_start_is_not_looked_at_again_and_later_knots_are_collected(worker: None) -> None:
    assert gc.get_freeze_count() > 10_000

    left = weakref.ref(Knot())
    gc.collect()
    assert left() is None


class Pipes:
    """What a request to /long tells the test, and what the test tells it."""

    def __init__(self, folder: Path) -> None:
        for name in ("begun", "may_end"):
            os.mkfifo(folder / name)
        self._begun, self._may_end = (
            os.open(folder / name, os.O_RDWR | os.O_NONBLOCK) for name in ("begun", "may_end")
        )

    def wait_until_begun(self) -> None:
        ready, _, _ = select([self._begun], [], [], 30)
        assert ready
        assert os.read(self._begun, 1) == b"!"

    def let_end(self) -> None:
        os.write(self._may_end, b"!")

    def close(self) -> None:
        os.close(self._begun)
        os.close(self._may_end)


@pytest.fixture
def pipes(tmp_path: Path) -> Iterator[Pipes]:
    opened = Pipes(tmp_path)
    yield opened
    opened.close()


@contextmanager
def served(folder: Path, *options: str) -> Iterator[int]:
    """The port of a server whose processes have one thread each; /long begins and ends as the test says."""
    if sys.platform == "win32":
        pytest.skip("gunicorn 不在 Windows 上运行")
    (folder / "long_and_short.py").write_text(LONG_AND_SHORT, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        command = [
            *(sys.executable, "-m", "gunicorn", "--config=python:core.web_process", "--no-control-socket"),
            *("--threads=1", "--preload", "--log-level=critical", f"--pythonpath={folder}", *options),
            *(f"--bind=fd://{listener.fileno()}", "long_and_short:app"),
        ]
        server = subprocess.Popen(command, cwd=ROOT, pass_fds=[listener.fileno()])
        try:
            yield listener.getsockname()[1]
        finally:
            server.terminate()
            server.wait(20)


@pytest.fixture
def two_processes(tmp_path: Path) -> Iterator[int]:
    with served(tmp_path, "--workers=2") as port:
        yield port


@pytest.fixture
def hasty_process(tmp_path: Path) -> Iterator[int]:
    """A server of one process that gives a silent device up after a second."""
    with served(tmp_path, "--workers=1", "--worker-class=long_and_short.Hasty") as port:
        yield port


def _ask(port: int, path: str) -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", path)
        return connection.getresponse().status


def test_nobody_waits_for_a_busy_process_while_another_is_free(two_processes: int, pipes: Pipes) -> None:
    with ThreadPoolExecutor(1) as pool:
        long = pool.submit(_ask, two_processes, "/long")
        pipes.wait_until_begun()

        answers = [_ask(two_processes, "/short") for _ in range(40)]
        is_still_busy = not long.done()

        pipes.let_end()
        assert (answers, is_still_busy, long.result()) == ([200] * 40, True, 200)


def test_a_device_that_falls_silent_in_mid_request_gives_its_thread_back(hasty_process: int) -> None:
    with socket.create_connection(("127.0.0.1", hasty_process), timeout=30) as silent:
        silent.sendall(b"POST /body HTTP/1.1\r\nHost: hall\r\nContent-Length: 1000\r\n\r\nthe first bytes")

        assert _ask(hasty_process, "/short") == 200
