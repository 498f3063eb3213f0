"""gunicorn in processes forked from one that has made the program once: there in a moment, killed like any other.

As a program it is that one process: each line it reads asks for a server, each line it writes is a server's number.
"""

import atexit
import functools
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def start(environment: Mapping[str, str], *arguments: str) -> int:
    """Serve with these settings and gunicorn's `arguments`; number of the process, which leads a group of its own."""
    mother = _mother()
    assert mother.stdin is not None
    assert mother.stdout is not None
    mother.stdin.write(json.dumps({"environment": dict(environment), "arguments": arguments}) + "\n")
    mother.stdin.flush()
    return int(mother.stdout.readline())


def kill(number: int) -> None:
    """kill -9, the whole group: nothing is finished, nothing is told. Returns when it is gone."""
    os.killpg(number, signal.SIGKILL)
    end = time.monotonic() + 10
    while is_alive(number):
        assert time.monotonic() < end, "the server outlives kill -9"
        time.sleep(0.005)


def is_alive(number: int) -> bool:
    """Whether the process is there."""
    with suppress(ProcessLookupError):
        os.kill(number, 0)
        return True
    return False


@functools.cache
def _mother() -> subprocess.Popen[str]:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    mother = subprocess.Popen([sys.executable, __file__], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, **pipes)
    atexit.register(mother.communicate)
    return mother


def _live() -> None:
    from core.config import read_settings
    from wsgi import create_app

    secrets = {"SECRET_KEY": "s" * 40, "DATA_KEY": "d" * 40}
    create_app(read_settings(secrets | {"INSTANCE": tempfile.gettempdir()}))  # imports what is imported late
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a server ended
    for line in sys.stdin:
        order = json.loads(line)
        number = os.fork()
        if not number:
            return _serve(order["environment"], order["arguments"])
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
    return None


def _serve(environment: Mapping[str, str], arguments: list[str]) -> None:
    from gunicorn.app.wsgiapp import run

    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.update(environment)
    sys.argv = ["gunicorn", "wsgi:create_app()", *arguments]
    run()


if __name__ == "__main__":
    _live()
