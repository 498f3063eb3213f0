"""A worker that the machine kills in the middle of a chunk: run as a program by test_worker_killed.

The program is made once; each line on its input, settings as for the real worker and the item at which to die, is a
process of its own, and the line that it writes is how that process ended.
"""

import json
import os
import signal
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KIND = "tests.kill"


def step_that_dies_at(item):
    """An item leaves one row named after it; at `item` the process gets SIGKILL, which it cannot notice."""
    from core.auth import SignInTry
    from core.clock import now

    def step(session, batch, number):
        if number == item:
            session.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        session.add(SignInTry(subject=f"{batch.id}/{number}", at=now()))

    return step


def work(environment, item):
    from core import jobs
    from core.config import read_settings
    from wsgi import create_app

    jobs.register(KIND, step_that_dies_at(item))
    with create_app(read_settings(environment)).app_context():
        jobs.sweep()


def main():
    sys.path.insert(0, str(ROOT))
    from core.config import read_settings
    from wsgi import create_app

    secrets = {"SECRET_KEY": "s" * 40, "DATA_KEY": "d" * 40}
    create_app(read_settings(secrets | {"INSTANCE": tempfile.gettempdir()}))  # imports what is imported late
    for line in sys.stdin:
        order = json.loads(line)
        number = os.fork()
        if not number:
            work(order["environment"], order["item"])
            os._exit(0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
